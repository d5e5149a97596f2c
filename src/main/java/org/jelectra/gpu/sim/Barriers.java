package org.jelectra.gpu.sim;

import java.util.Arrays;

/** The barriers of a block. They open when no warp can go on without. */
final class Barriers {

    private static final int COUNT = 16;

    private final BlockRun block;
    /** Threads that have arrived without waiting, and the warps they are of. */
    private final int[] arrived = new int[COUNT];

    private final int[] arrivedWarps = new int[COUNT];

    Barriers(BlockRun block) {
        this.block = block;
    }

    void clear() {
        Arrays.fill(arrived, 0);
        Arrays.fill(arrivedWarps, 0);
    }

    void arrive(int id, Warp warp, int lanes) {
        arrived[id] += Integer.bitCount(lanes);
        arrivedWarps[id] |= 1 << warp.number;
        block.counts.barriers++;
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
        int warps = arrivedWarps[id];
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
                waiting += Integer.bitCount(lanes);
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
        open(id, warps, waiting, holding);
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

    private void open(int id, int warps, int threads, int holding) {
        if (block.clocks != null) {
            block.clocks.join(warps);
        }
        arrived[id] = 0;
        arrivedWarps[id] = 0;
        for (Warp warp : block.warps) {
            for (int group = 0; warp.live != 0 && group < warp.groups.count(); group++) {
                Barrier barrier = barrier(warp, group, id);
                if (barrier != null) {
                    finish(barrier, warp, warp.groups.lanes(group), threads, holding);
                    warp.groups.release(group);
                    block.counts.barriers++;
                }
            }
        }
    }

    private static void finish(Barrier barrier, Warp warp, int lanes, int threads, int holding) {
        switch (barrier.reduction) {
            case COUNT -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    warp.ints[barrier.result][Lanes.first(rest)] = holding;
                }
            }
            case ALL -> set(warp, barrier.result, lanes, holding == threads);
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
