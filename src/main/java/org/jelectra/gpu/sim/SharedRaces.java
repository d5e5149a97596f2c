package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * Finds accesses to shared memory that no barrier orders. Each warp has a clock, which barriers advance, and knows the clocks up
 * to which it is behind the other warps: a barrier brings these to the maximum of all warps that meet there (vector clocks). An
 * access is ordered behind another one if its warp knows the other's clock of then. Within a warp, lanes are ordered by
 * {@code bar.warp.sync} (or any barrier), not by executing together.
 */
final class SharedRaces {

    private static final int SEVERAL = 32;
    private static final int LANE_BITS = 6;
    private static final int LANE_MASK = (1 << LANE_BITS) - 1;

    private final int unitShift;
    private final int warps;
    /** For each unit of memory the last write: warp, clock, lane. */
    private final int[] writerWarp;

    private final int[] writerStamp;
    /** For each unit and warp the last read. */
    private final int[] readerStamp;
    /** Warps that have read each unit since it was written. */
    private final int[] readers;
    /** For each warp the clocks of all warps that it knows. */
    private final int[][] known;

    SharedRaces(int bytes, int unit, int warps) {
        this.unitShift = Integer.numberOfTrailingZeros(unit);
        this.warps = warps;
        int units = (bytes >> unitShift) + 1;
        this.writerWarp = new int[units];
        this.writerStamp = new int[units];
        this.readerStamp = new int[units * warps];
        this.readers = new int[units];
        this.known = new int[warps][warps];
        clear();
    }

    /** Begins a block. */
    void clear() {
        Arrays.fill(writerStamp, 0);
        Arrays.fill(readers, 0);
        for (int i = 0; i < warps; i++) {
            Arrays.fill(known[i], 0);
            known[i][i] = 1;
        }
    }

    /** A barrier at which these warps met. */
    void join(int members) {
        int[] most = new int[warps];
        for (int rest = members; rest != 0; rest &= rest - 1) {
            int[] clocks = known[Lanes.first(rest)];
            for (int i = 0; i < warps; i++) {
                most[i] = Math.max(most[i], clocks[i]);
            }
        }
        for (int rest = members; rest != 0; rest &= rest - 1) {
            int warp = Lanes.first(rest);
            System.arraycopy(most, 0, known[warp], 0, warps);
            known[warp][warp]++;
        }
    }

    /** Clock of a warp. */
    int clock(int warp) {
        return known[warp][warp];
    }

    /** Whether what another warp did at a clock is ordered before what a warp does now. */
    boolean knows(int warp, int other, int clock) {
        return warp == other || clock <= known[warp][other];
    }

    /**
     * An access of one lane, which is a fault if an earlier one of another thread is not ordered before it. Atomic operations
     * count as reads: they do not disturb each other.
     */
    void access(Warp warp, int lane, int offset, int bytes, boolean write) {
        int last = offset + bytes - 1 >> unitShift;
        for (int unit = offset >> unitShift; unit <= last; unit++) {
            check(warp, lane, unit, write);
        }
    }

    private void check(Warp warp, int lane, int unit, boolean write) {
        int number = warp.number;
        int[] clocks = known[number];
        int stamp = writerStamp[unit];
        if (stamp != 0 && conflicts(clocks, number, lane, writerWarp[unit], stamp)) {
            throw race(warp, lane, unit, write, writerWarp[unit], stamp, true);
        }
        int own = clocks[number] << LANE_BITS | lane;
        if (!write) {
            int at = unit * warps + number;
            boolean readBefore = (readers[unit] >>> number & 1) != 0;
            int before = readerStamp[at];
            boolean otherLane = readBefore && before >> LANE_BITS == clocks[number] && (before & LANE_MASK) != lane;
            readerStamp[at] = otherLane ? own & ~LANE_MASK | SEVERAL : own;
            readers[unit] |= 1 << number;
            return;
        }
        for (int rest = readers[unit]; rest != 0; rest &= rest - 1) {
            int reader = Lanes.first(rest);
            int read = readerStamp[unit * warps + reader];
            if (conflicts(clocks, number, lane, reader, read)) {
                throw race(warp, lane, unit, true, reader, read, false);
            }
        }
        readers[unit] = 0;
        writerWarp[unit] = number;
        writerStamp[unit] = own;
    }

    private static boolean conflicts(int[] clocks, int warp, int lane, int otherWarp, int stamp) {
        int clock = stamp >> LANE_BITS;
        if (otherWarp == warp) {
            return clock == clocks[warp] && (stamp & LANE_MASK) != lane;
        }
        return clock > clocks[otherWarp];
    }

    private KernelFault race(
            Warp warp, int lane, int unit, boolean write, int otherWarp, int stamp, boolean otherWrote) {
        int otherLane = stamp & LANE_MASK;
        String thread = otherLane == SEVERAL
                ? "several threads of warp " + otherWarp
                : "thread " + warp.block.warps[otherWarp].thread(otherLane);
        int offset = unit << unitShift;
        return warp.fault(
                FaultKind.SHARED_RACE,
                lane,
                offset,
                (write ? "it writes" : "it reads") + " byte " + offset + " of shared memory, which " + thread
                        + (otherWrote ? " wrote" : " read") + " with no barrier between");
    }
}
