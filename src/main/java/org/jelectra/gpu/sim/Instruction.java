package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** A translated instruction. */
abstract class Instruction {

    /** What the warp does with it beyond {@link #execute}. */
    enum Kind {
        /** Each lane for itself, then the next instruction. */
        PLAIN,
        /** {@link Branch}. */
        BRANCH,
        /** {@link IndexedBranch}. */
        INDEXED_BRANCH,
        /** The lanes end. */
        EXIT,
        /** {@link WarpInstruction}: waits for the other lanes that it names. */
        WARP,
        /** {@link Barrier}: waits for other warps. */
        BARRIER
    }

    static final int NONE = -1;
    private static final int[] NOTHING = {};

    final Kind kind;
    /** The source. */
    PtxStatement source;
    /** Whether it only moves operands of another instruction and does not count. */
    boolean hidden;
    /** Whether the units for special functions execute it. */
    boolean special;
    /** Predicate under which lanes take part, or {@link #NONE}. */
    int guard = NONE;

    boolean guardNegated;
    /** Number of the guard among the registers. */
    int guardRegister = NONE;
    /** Numbers of registers that are read, and of those that are written. */
    int[] reads = NOTHING;

    int[] writes = NOTHING;
    /** Those of {@link #reads} that the source does not provably write before; null where there are none. */
    int[] unproved;
    /** Those of {@link #reads} that the instruction does not read every time: it checks them itself where it does. */
    int[] optionalReads = NOTHING;
    /** Those of {@link #optionalReads} that the source does not provably write before; null where there are none. */
    int[] unprovedOptional;
    /** Registers that it uses and that are operands of asynchronous products, for other instructions; null where there are none. */
    int[] asynchronous;
    /** Those of {@link #writes} whose initialisation must be tracked; null where there are none. */
    int[] tracked;

    Instruction() {
        this(Kind.PLAIN);
    }

    Instruction(Kind kind) {
        this.kind = kind;
    }

    /**
     * Does its work.
     *
     * @param lanes the lanes that take part, at least one
     */
    abstract void execute(Warp warp, int lanes);
}
