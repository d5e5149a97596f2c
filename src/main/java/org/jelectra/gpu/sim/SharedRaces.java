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
    }

    /**
     * An access of one lane, which is a fault if an earlier one of another thread is not ordered before it. Atomic operations
     * count as reads: they do not disturb each other.
     */
    void access(Warp warp, int lane, int offset, int bytes, boolean write) {
        int last = offset + bytes - 1 >> unitShift;
        int stamp = clocks.stamp(warp.number, lane);
        for (int unit = offset >> unitShift; unit <= last; unit++) {
            check(warp, lane, stamp, unit, write);
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
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int last = places[lane] + bytes - 1 >> unitShift;
            for (int unit = places[lane] >> unitShift; unit <= last; unit++) {
                if (readerStamp[first + unit] != known || (readers[unit] & reader) == 0) {
                    check(warp, lane, clocks.stamp(number, lane), unit, false);
                }
            }
        }
    }

    private void check(Warp warp, int lane, int own, int unit, boolean write) {
        int number = warp.number;
        int stamp = writerStamp[unit];
        if (!clocks.isSettled(stamp) && clocks.unordered(number, lane, writerWarp[unit], stamp)) {
            throw race(warp, lane, unit, write, writerWarp[unit], stamp, true);
        }
        if (!write) {
            int at = number * units + unit;
            boolean readBefore = (readers[unit] >>> number & 1) != 0;
            readerStamp[at] = readBefore ? WarpClocks.merge(readerStamp[at], own) : own;
            readers[unit] |= 1 << number;
            return;
        }
        for (int rest = readers[unit]; rest != 0; rest &= rest - 1) {
            int reader = Lanes.first(rest);
            int read = readerStamp[reader * units + unit];
            if (clocks.unordered(number, lane, reader, read)) {
                throw race(warp, lane, unit, true, reader, read, false);
            }
        }
        readers[unit] = 0;
        writerWarp[unit] = number;
        writerStamp[unit] = own;
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
                        + " with no barrier between");
    }
}
