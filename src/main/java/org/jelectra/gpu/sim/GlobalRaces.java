package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds global memory that one block of a launch writes while another one reads or writes it. The order of blocks is not defined,
 * so any such pair is an error; atomic operations and relaxed accesses among themselves are none. It watches one launch, whose blocks run one after
 * the other.
 */
final class GlobalRaces {

    private static final int PAGE_BITS = 12;
    private static final int SEVERAL = -1;

    /** Accesses to one allocation: for pages of units the last writer, reader and atomic user, as block number plus 1. */
    static final class Shadow {

        private final int[][] writers;
        private final int[][] readers;
        private final int[][] atomics;

        private Shadow(int units) {
            int pages = (units >> PAGE_BITS) + 1;
            writers = new int[pages][];
            readers = new int[pages][];
            atomics = new int[pages][];
        }
    }

    private final int unitShift;
    private final List<Allocation> watched = new ArrayList<>();

    /**
     * @param unit granularity in bytes; smaller accesses of two blocks to one unit count as meeting
     */
    GlobalRaces(int unit) {
        this.unitShift = Integer.numberOfTrailingZeros(unit);
    }

    /** Forgets everything. */
    void close() {
        watched.forEach(allocation -> allocation.shadow = null);
        watched.clear();
    }

    /** An access of one lane. */
    void access(Warp warp, int lane, Allocation allocation, int place, int bytes, boolean write) {
        if (allocation.shadow == null) {
            allocation.shadow = new Shadow(allocation.data.length >> unitShift);
            watched.add(allocation);
        }
        int block = (int) warp.block.index() + 1;
        int last = place + bytes - 1 >> unitShift;
        for (int unit = place >> unitShift; unit <= last; unit++) {
            check(warp, lane, allocation, unit, block, write);
        }
    }

    private void check(Warp warp, int lane, Allocation allocation, int unit, int block, boolean write) {
        Shadow shadow = allocation.shadow;
        int page = unit >> PAGE_BITS;
        int at = unit & (1 << PAGE_BITS) - 1;
        meet(warp, lane, allocation, unit, block, shadow.writers[page], at, "wrote");
        if (write || warp.atomic) {
            meet(warp, lane, allocation, unit, block, shadow.readers[page], at, "read");
        }
        if (!warp.atomic) {
            meet(warp, lane, allocation, unit, block, shadow.atomics[page], at, "changed");
        }
        int[][] kind = warp.atomic ? shadow.atomics : write ? shadow.writers : shadow.readers;
        if (kind[page] == null) {
            kind[page] = new int[1 << PAGE_BITS];
        }
        int before = kind[page][at];
        kind[page][at] = before == 0 || before == block ? block : SEVERAL;
    }

    private void meet(
            Warp warp, int lane, Allocation allocation, int unit, int block, int[] others, int at, String did) {
        if (others == null || others[at] == 0 || others[at] == block) {
            return;
        }
        int byteOffset = unit << unitShift;
        throw warp.fault(
                FaultKind.GLOBAL_RACE,
                lane,
                allocation.address + byteOffset,
                "it uses byte " + byteOffset + " of " + allocation + ", which "
                        + (others[at] == SEVERAL ? "other blocks" : "block number " + (others[at] - 1)) + " " + did
                        + " in the same launch");
    }
}
