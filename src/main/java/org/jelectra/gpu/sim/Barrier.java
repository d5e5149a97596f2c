package org.jelectra.gpu.sim;

/** {@code bar.sync}, {@code bar.arrive} and {@code bar.red}. */
final class Barrier extends Instruction {

    /** What {@code bar.red} computes. */
    enum Reduction {
        /** Nothing: a plain barrier. */
        NONE,
        /** The number of threads whose predicate holds. */
        COUNT,
        /** Whether all do. */
        ALL,
        /** Whether any does. */
        ANY
    }

    /** Whether lanes wait here. */
    final boolean waits;
    /** Register with the barrier's number. */
    final int id;
    /** Register with the number of threads; {@link #NONE} for all of the block. */
    final int threads;

    final Reduction reduction;
    /** Predicate that is reduced, and register (a predicate, or for COUNT an integer) for the result. */
    final int input;

    final int result;

    Barrier(boolean waits, int id, int threads, Reduction reduction, int input, int result) {
        super(Kind.BARRIER);
        this.waits = waits;
        this.id = id;
        this.threads = threads;
        this.reduction = reduction;
        this.input = input;
        this.result = result;
    }

    /** Number of threads that the barrier waits for. */
    int expected(Warp warp, int lanes) {
        return threads == NONE ? warp.block.shape.threads() : warp.ints[threads][Lanes.first(lanes)];
    }

    int number(Warp warp, int lanes) {
        return warp.ints[id][Lanes.first(lanes)];
    }

    /** The arrival of {@code bar.arrive}. */
    @Override
    void execute(Warp warp, int lanes) {
        warp.block.barriers.arrive(this, warp, lanes);
    }
}
