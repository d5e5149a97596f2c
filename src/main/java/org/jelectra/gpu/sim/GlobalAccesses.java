package org.jelectra.gpu.sim;

/**
 * Accesses of one kind that a launch has made to an allocation: for each unit of memory those of the block that came last, as far
 * as they are not ordered before each other. Of several warps only the latest clock is kept and counts for all of them, which
 * blames a write wrongly if named barriers have ordered it behind an earlier one of these warps before the latest.
 */
class GlobalAccesses {

    private static final int PAGE_BITS = 12;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    /** Fields of a unit: number of the last block plus 1, or 0 where there is no access; with a bit if others came before. */
    private static final int BLOCK = 0;

    private static final int OTHERS = 1 << 31;
    /** Stamp of that block's latest access. */
    private static final int STAMP = 1;
    /** The block's warps. */
    private static final int WARPS = 2;

    private static final int FIELDS = 3;

    private final Allocation allocation;
    private final int unitShift;
    private final String did;
    private final int[][] pages;

    /**
     * @param unitShift binary logarithm of a unit's bytes
     * @param did what these accesses did, for errors
     */
    GlobalAccesses(Allocation allocation, int unitShift, String did) {
        this.allocation = allocation;
        this.unitShift = unitShift;
        this.did = did;
        this.pages = new int[(allocation.data.length >> unitShift + PAGE_BITS) + 1][];
    }

    /** Accesses of a block, numbered from 1, to a unit: the warps and the latest stamp. */
    record OfBlock(int block, int warps, int stamp) {}

    /** Another block comes to a unit, whose {@link #access} so far counts here no more. */
    void leave(int unit, int[] page, int at) {}

    /** Those of the block that came last; null where there are none, or only of this block. */
    final OfBlock others(Warp warp, int unit) {
        int[] page = pages[unit >> PAGE_BITS];
        return page == null || page[at(unit)] == 0 || page[at(unit)] == block(warp) ? null : access(page, at(unit));
    }

    static OfBlock access(int[] page, int at) {
        return new OfBlock(page[at + BLOCK] & ~OTHERS, page[at + WARPS], page[at + STAMP]);
    }

    /** A lane accesses some units, in one page. */
    void add(Warp warp, int lane, int first, int last) {
        int[] page = pages[first >> PAGE_BITS];
        if (page == null) {
            page = new int[FIELDS << PAGE_BITS];
            pages[first >> PAGE_BITS] = page;
        }
        int block = block(warp);
        int own = 1 << warp.number;
        int stamp = warp.block.clocks.stamp(warp.number, lane);
        for (int unit = first; unit <= last; unit++) {
            int at = at(unit);
            int before = page[at + BLOCK];
            if ((before & ~OTHERS) != block) {
                if (before != 0) {
                    leave(unit, page, at);
                }
                page[at + BLOCK] = before == 0 ? block : block | OTHERS;
                page[at + STAMP] = stamp;
                page[at + WARPS] = own;
            } else if (page[at + WARPS] == own) {
                page[at + STAMP] = WarpClocks.merge(page[at + STAMP], stamp);
            } else if (unordered(warp, lane, page, at)) {
                page[at + STAMP] = Math.max(page[at + STAMP], stamp);
                page[at + WARPS] |= own;
            } else {
                page[at + STAMP] = stamp;
                page[at + WARPS] = own;
            }
        }
    }

    /** It is a fault of a lane if accesses of some units, in one page, are not ordered before what it does. */
    void requireOrder(Warp warp, int lane, int first, int last) {
        int[] page = pages[first >> PAGE_BITS];
        for (int unit = first; page != null && unit <= last; unit++) {
            int at = at(unit);
            int block = page[at + BLOCK];
            if (block != 0 && block != block(warp)) {
                throw fault(FaultKind.GLOBAL_RACE, warp, lane, unit, " in the same launch");
            }
            if (block != 0 && unordered(warp, lane, page, at)) {
                throw fault(FaultKind.GLOBAL_RACE, warp, lane, unit, " with no barrier between");
            }
        }
    }

    /** It is a fault of a lane if there are accesses of some units, in one page. */
    void requireNone(Warp warp, int lane, int first, int last) {
        int[] page = pages[first >> PAGE_BITS];
        for (int unit = first; page != null && unit <= last; unit++) {
            if (page[at(unit) + BLOCK] != 0) {
                throw fault(FaultKind.NON_COHERENT, warp, lane, unit, " in the same launch");
            }
        }
    }

    private static boolean unordered(Warp warp, int lane, int[] page, int at) {
        WarpClocks clocks = warp.block.clocks;
        for (int rest = page[at + WARPS]; rest != 0; rest &= rest - 1) {
            if (clocks.unordered(warp.number, lane, Lanes.first(rest), page[at + STAMP])) {
                return true;
            }
        }
        return false;
    }

    private static int at(int unit) {
        return FIELDS * (unit & PAGE_MASK);
    }

    static int block(Warp warp) {
        return (int) warp.block.index + 1;
    }

    private KernelFault fault(FaultKind kind, Warp warp, int lane, int unit, String when) {
        int[] page = pages[unit >> PAGE_BITS];
        int at = at(unit);
        int block = page[at + BLOCK];
        String who = block == block(warp)
                ? threads(warp.block, page[at + WARPS], page[at + STAMP])
                : block < 0 ? "other blocks" : "block number " + (block - 1);
        return fault(kind, warp, lane, unit, who, when);
    }

    final KernelFault fault(FaultKind kind, Warp warp, int lane, int unit, String who, String when) {
        int offset = unit << unitShift;
        return warp.fault(
                kind,
                lane,
                allocation.address + offset,
                "it uses byte " + offset + " of " + allocation + ", which " + who + " " + did + when);
    }

    private static String threads(BlockRun block, int warps, int stamp) {
        return Integer.bitCount(warps) == 1
                ? WarpClocks.thread(block.warps[Lanes.first(warps)], stamp)
                : "threads of warps " + Warp.lanesText(warps);
    }
}
