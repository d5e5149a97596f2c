package org.jelectra.gpu.sim;

import java.util.Arrays;

/** The barriers of a block. They open when no warp can go on without. */
final class Barriers {

    private static final int COUNT = 16;

    private final BlockRun block;
    /** Threads that have arrived without waiting. */
    private final int[] arrived = new int[COUNT];
    /** For each barrier what they have told the {@link WarpClocks}. */
    private final int[][] told;

    Barriers(BlockRun block) {
        this.block = block;
        this.told = new int[COUNT][block.warps.length];
    }

    void clear() {
        for (int id = 0; id < COUNT; id++) {
            forget(id);
        }
    }

    private void forget(int id) {
        arrived[id] = 0;
        Arrays.fill(told[id], 0);
    }

    /** {@code bar.arrive} of a warp. */
    void arrive(Barrier barrier, Warp warp, int lanes) {
        int id = barrier.number(warp, lanes);
        arrived[id] += arriving(barrier, warp, lanes);
        if (block.clocks != null) {
            block.clocks.arrive(warp.number, told[id]);
        }
        block.counts.barriers++;
    }

    /**
     * Threads for which lanes of a warp count at a barrier: where it names the number of threads that it waits for, a warp counts as a
     * whole one, however many lanes it has (PTX ISA, "bar"), and must come as a whole.
     */
    private static int arriving(Barrier barrier, Warp warp, int lanes) {
        if (barrier.threads == Instruction.NONE) {
            return Integer.bitCount(lanes);
        }
        int expected = barrier.expected(warp, lanes);
        if (expected % Lanes.COUNT != 0) {
            throw warp.fault(
                    FaultKind.BARRIER,
                    barrier,
                    Lanes.first(lanes),
                    0,
                    "the number of threads must be a multiple of 32, it is " + expected);
        }
        if (lanes != warp.live) {
            throw warp.fault(
                    FaultKind.BARRIER,
                    barrier,
                    Lanes.first(lanes),
                    0,
                    "warps count as a whole here, but only lanes " + Warp.lanesText(lanes) + " come of lanes "
                            + Warp.lanesText(warp.live));
        }
        return Lanes.COUNT;
    }

    /** Opens every barrier at which enough threads are; it is a fault if there is none. */
    void release() {
        checkLanesThatWait();
        boolean opened = false;
        for (int id = 0; id < COUNT; id++) {
            opened |= release(id);
        }
        if (!opened) {
            throw stuck();
        }
    }

    private void checkLanesThatWait() {
        for (Warp warp : block.warps) {
            for (int group = 0; warp.live != 0 && group < warp.groups.count(); group++) {
                if (warp.groups.state(group) == Groups.State.LANES) {
                    WarpInstruction instruction = (WarpInstruction) block.program.code[warp.groups.pc(group)];
                    int lanes = warp.groups.lanes(group);
                    warp.current = instruction;
                    int missing = instruction.required(warp, lanes) & ~lanes;
                    throw warp.fault(
                            FaultKind.DIVERGENT_WARP,
                            Lanes.first(lanes),
                            0,
                            "lanes " + Warp.lanesText(lanes) + " wait here for lanes " + Warp.lanesText(missing)
                                    + whereabouts(warp, missing));
                }
            }
        }
    }

    private String whereabouts(Warp warp, int lanes) {
        for (int group = 0; group < warp.groups.count(); group++) {
            if ((warp.groups.lanes(group) & lanes) != 0) {
                Instruction instruction = block.program.code[warp.groups.pc(group)];
                return ", which are at line " + instruction.source.line() + " (" + instruction.source.text() + ")";
            }
        }
        return ", which have ended";
    }

    private boolean release(int id) {
        int waiting = arrived[id];
        int warps = 0;
        int lanesThere = 0;
        int holding = 0;
        int expected = -1;
        Barrier first = null;
        for (Warp warp : block.warps) {
            for (int group = 0; warp.live != 0 && group < warp.groups.count(); group++) {
                Barrier barrier = barrier(warp, group, id);
                if (barrier == null) {
                    continue;
                }
                int lanes = warp.groups.lanes(group);
                waiting += arriving(barrier, warp, lanes);
                lanesThere += Integer.bitCount(lanes);
                warps |= 1 << warp.number;
                expected = barrier.expected(warp, lanes);
                holding += barrier.reduction == Barrier.Reduction.NONE
                        ? 0
                        : Integer.bitCount(lanes & warp.predicates[barrier.input]);
                if (first != null && first != barrier && barrier.threads == Instruction.NONE) {
                    throw warp.fault(
                            FaultKind.BARRIER,
                            barrier,
                            Lanes.first(lanes),
                            0,
                            "other threads of the block wait at line " + first.source.line());
                }
                first = barrier;
            }
        }
        if (first == null || waiting != expected) {
            return false;
        }
        open(id, warps, holding == lanesThere, holding);
        return true;
    }

    private Barrier barrier(Warp warp, int group, int id) {
        if (warp.groups.state(group) == Groups.State.BARRIER
                && block.program.code[warp.groups.pc(group)] instanceof Barrier barrier
                && barrier.number(warp, warp.groups.lanes(group)) == id) {
            return barrier;
        }
        return null;
    }

    private void open(int id, int warps, boolean all, int holding) {
        if (block.clocks != null) {
            block.clocks.join(warps, told[id]);
        }
        forget(id);
        for (Warp warp : block.warps) {
            for (int group = 0; warp.live != 0 && group < warp.groups.count(); group++) {
                Barrier barrier = barrier(warp, group, id);
                if (barrier != null) {
                    finish(barrier, warp, warp.groups.lanes(group), all, holding);
                    warp.groups.release(group);
                    block.counts.barriers++;
                }
            }
        }
    }

    private static void finish(Barrier barrier, Warp warp, int lanes, boolean all, int holding) {
        switch (barrier.reduction) {
            case COUNT -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    warp.ints[barrier.result][Lanes.first(rest)] = holding;
                }
            }
            case ALL -> set(warp, barrier.result, lanes, all);
            case ANY -> set(warp, barrier.result, lanes, holding > 0);
            default -> {}
        }
        if (barrier.tracked != null) {
            for (int register : barrier.tracked) {
                warp.written[register] |= lanes;
            }
        }
    }

    private static void set(Warp warp, int predicate, int lanes, boolean value) {
        warp.predicates[predicate] = value ? warp.predicates[predicate] | lanes : warp.predicates[predicate] & ~lanes;
    }

    private KernelFault stuck() {
        for (Warp warp : block.warps) {
            for (int group = 0; warp.live != 0 && group < warp.groups.count(); group++) {
                Barrier barrier = (Barrier) block.program.code[warp.groups.pc(group)];
                int lanes = warp.groups.lanes(group);
                int id = barrier.number(warp, lanes);
                return warp.fault(
                        FaultKind.BARRIER,
                        barrier,
                        Lanes.first(lanes),
                        0,
                        "barrier " + id + " waits for " + barrier.expected(warp, lanes) + " threads" + absent(id));
            }
        }
        throw new AssertionError("no thread waits");
    }

    /** Where a thread is that is not at the barrier. */
    private String absent(int id) {
        for (Warp warp : block.warps) {
            int ended = warp.started & ~warp.live;
            if (ended != 0) {
                return ", but thread " + warp.thread(Lanes.first(ended)) + " has ended";
            }
            for (int group = 0; group < warp.groups.count(); group++) {
                if (barrier(warp, group, id) == null) {
                    return ", but thread " + warp.thread(Lanes.first(warp.groups.lanes(group))) + " waits at line "
                            + block.program.code[warp.groups.pc(group)].source.line();
                }
            }
        }
        return ", which is not the number that comes";
    }
}
