package org.jelectra.gpu.sim;

import java.util.Arrays;

/** Finds accesses to shared memory that no barrier orders, by the {@link WarpClocks} of their block. */
final class SharedRaces {

    private final int unitShift;
    private final int units;
    private final WarpClocks clocks;
    /** For each unit of memory the last write: warp and stamp. */
    private final int[] writerWarp;

    private final int[] writerStamp;
    /** For each warp and unit the last read: what a warp reads at once lies together. */
    private final int[] readerStamp;
    /** Warps that have read each unit since it was written. */
    private final int[] readers;
    /** The same of atomic operations; null before there are any. */
    private int[] atomicStamp;

    private int[] atomics;

    SharedRaces(int bytes, int unit, int warps, WarpClocks clocks) {
        this.unitShift = Integer.numberOfTrailingZeros(unit);
        this.clocks = clocks;
        this.units = (bytes >> unitShift) + 1;
        this.writerWarp = new int[units];
        this.writerStamp = new int[units];
        this.readerStamp = new int[units * warps];
        this.readers = new int[units];
    }

    /** Begins a block. */
    void clear() {
        Arrays.fill(writerStamp, 0);
        Arrays.fill(readers, 0);
        if (atomics != null) {
            Arrays.fill(atomics, 0);
        }
    }

    /** A read or write of one lane, which is a fault if an earlier access of another thread is not ordered before it. */
    void access(Warp warp, int lane, int offset, int bytes, boolean write) {
        int last = offset + bytes - 1 >> unitShift;
        int stamp = clocks.stamp(warp.number, lane);
        for (int unit = offset >> unitShift; unit <= last; unit++) {
            check(warp, lane, stamp, unit, write);
        }
    }

    /** The same for an atomic operation: it needs no order among others, but is a write to all else. */
    void atomic(Warp warp, int lane, int offset, int bytes) {
        if (atomics == null) {
            atomics = new int[units];
            atomicStamp = new int[readerStamp.length];
        }
        int last = offset + bytes - 1 >> unitShift;
        int stamp = clocks.stamp(warp.number, lane);
        for (int unit = offset >> unitShift; unit <= last; unit++) {
            checkWriter(warp, lane, unit, true);
            check(warp, lane, unit, true, readers[unit], readerStamp, false);
            note(warp.number, unit, stamp, atomics, atomicStamp);
        }
    }

    /**
     * The same for reads of some lanes at their places. Where several lanes of the warp have read a unit since it was written and
     * since the warp's last barrier, the write is ordered before all of its lanes, and one more reader changes nothing: this is so
     * for nearly all that tiles of a product are read for, and looked at in few instructions.
     */
    void read(Warp warp, int lanes, int[] places, int bytes) {
        int number = warp.number;
        int reader = 1 << number;
        int first = number * units;
        int known = WarpClocks.ofSeveral(clocks.stamp(number, 0));
        int[] changed = atomics;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int last = places[lane] + bytes - 1 >> unitShift;
            for (int unit = places[lane] >> unitShift; unit <= last; unit++) {
                if (readerStamp[first + unit] != known
                        || (readers[unit] & reader) == 0
                        || changed != null && changed[unit] != 0) {
                    check(warp, lane, clocks.stamp(number, lane), unit, false);
                }
            }
        }
    }

    private void check(Warp warp, int lane, int own, int unit, boolean write) {
        checkWriter(warp, lane, unit, write);
        if (atomics != null) {
            check(warp, lane, unit, write, atomics[unit], atomicStamp, true);
        }
        if (!write) {
            note(warp.number, unit, own, readers, readerStamp);
            return;
        }
        check(warp, lane, unit, true, readers[unit], readerStamp, false);
        readers[unit] = 0;
        if (atomics != null) {
            atomics[unit] = 0;
        }
        writerWarp[unit] = warp.number;
        writerStamp[unit] = own;
    }

    private void checkWriter(Warp warp, int lane, int unit, boolean write) {
        int stamp = writerStamp[unit];
        if (!clocks.isSettled(stamp) && clocks.unordered(warp.number, lane, writerWarp[unit], stamp)) {
            throw race(warp, lane, unit, write, writerWarp[unit], stamp, true);
        }
    }

    /** Looks for an access of some warps that is not ordered before what a lane does. */
    private void check(Warp warp, int lane, int unit, boolean write, int others, int[] stamps, boolean othersWrote) {
        for (int rest = others; rest != 0; rest &= rest - 1) {
            int other = Lanes.first(rest);
            int stamp = stamps[other * units + unit];
            if (clocks.unordered(warp.number, lane, other, stamp)) {
                throw race(warp, lane, unit, write, other, stamp, othersWrote);
            }
        }
    }

    private void note(int warp, int unit, int stamp, int[] warps, int[] stamps) {
        int at = warp * units + unit;
        boolean before = (warps[unit] >>> warp & 1) != 0;
        stamps[at] = before ? WarpClocks.merge(stamps[at], stamp) : stamp;
        warps[unit] |= 1 << warp;
    }

    private KernelFault race(
            Warp warp, int lane, int unit, boolean write, int otherWarp, int stamp, boolean otherWrote) {
        int offset = unit << unitShift;
        return warp.fault(
                FaultKind.SHARED_RACE,
                lane,
                offset,
                (write ? "it writes" : "it reads") + " byte " + offset + " of shared memory, which "
                        + WarpClocks.thread(warp.block.warps[otherWarp], stamp) + (otherWrote ? " wrote" : " read")
                        + " with no barrier between"
                        + (otherWarp == warp.number
                                ? " (bar.warp.sync of some lanes alone is not taken for one)"
                                : ""));
    }
}
