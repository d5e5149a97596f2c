package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * What the barriers of a block order. Each warp has a clock, which barriers advance, and knows the clocks up to which it is behind
 * the other warps: a barrier brings these to the maximum of all warps that meet there (vector clocks), those included that told theirs
 * when they arrived and did not wait. An access is ordered behind another one if its warp knows the other's clock of then. Within a warp,
 * lanes are ordered by {@code bar.warp.sync} of the whole warp (or any barrier), not by executing together. A barrier's number in the block is the new clock of its warps, so that clocks of
 * different warps compare: what ran before a barrier has a smaller clock than what runs behind it.
 */
final class WarpClocks {

    /** The lane of a stamp that stands for several. */
    static final int SEVERAL = 32;

    private static final int LANE_BITS = 6;
    private static final int LANE_MASK = (1 << LANE_BITS) - 1;

    private final int warps;
    /** For each warp the clocks of all warps that it knows. */
    private final int[][] known;

    private final int[] most;
    private final int[] none;
    /** The latest clock. */
    private int now;
    /** The latest clock that every warp knows of every other: that of the last barrier of the whole block. */
    private int settled;

    WarpClocks(int warps) {
        this.warps = warps;
        this.known = new int[warps][warps];
        this.most = new int[warps];
        this.none = new int[warps];
        clear();
    }

    /** Begins a block. */
    void clear() {
        now = 1;
        settled = 0;
        for (int i = 0; i < warps; i++) {
            Arrays.fill(known[i], 0);
            known[i][i] = now;
        }
    }

    /**
     * A warp arrives at a barrier and does not wait: it tells what it has done so far, and learns nothing. As far as its own lanes are
     * concerned, they count as having met.
     *
     * @param told for each warp the latest clock that those who have arrived knew; it is brought up to date
     */
    void arrive(int warp, int[] told) {
        for (int i = 0; i < warps; i++) {
            told[i] = Math.max(told[i], known[warp][i]);
        }
        known[warp][warp] = ++now;
    }

    /**
     * A barrier at which these warps met.
     *
     * @param told what others have told that arrived there
     */
    void join(int members, int[] told) {
        System.arraycopy(told, 0, most, 0, warps);
        for (int rest = members; rest != 0; rest &= rest - 1) {
            int[] clocks = known[Lanes.first(rest)];
            for (int i = 0; i < warps; i++) {
                most[i] = Math.max(most[i], clocks[i]);
            }
        }
        for (int rest = members; rest != 0; rest &= rest - 1) {
            most[Lanes.first(rest)] = now;
        }
        if (Integer.bitCount(members) == warps) {
            settled = now;
        }
        now++;
        for (int rest = members; rest != 0; rest &= rest - 1) {
            int warp = Lanes.first(rest);
            System.arraycopy(most, 0, known[warp], 0, warps);
            known[warp][warp] = now;
        }
    }

    /** A barrier at which these warps met, and nobody else has arrived. */
    void join(int members) {
        join(members, none);
    }

    /** Clock of a warp. */
    int clock(int warp) {
        return known[warp][warp];
    }

    /** Whether what another warp did at a clock is ordered before what a warp does now. */
    boolean knows(int warp, int other, int clock) {
        return warp == other || clock <= known[warp][other];
    }

    /** A copy of the clocks of all warps that a warp knows. */
    int[] known(int warp) {
        return known[warp].clone();
    }

    /** Clock and lane of an access that a lane makes now; never 0. */
    int stamp(int warp, int lane) {
        return stampOf(known[warp][warp], lane);
    }

    /** Clock and lane of an access. */
    static int stampOf(int clock, int lane) {
        return clock << LANE_BITS | lane;
    }

    /** The stamp of two accesses of one warp, of which this is the later one. */
    static int merge(int earlier, int later) {
        boolean several = earlier >> LANE_BITS == later >> LANE_BITS && earlier != later;
        return several ? ofSeveral(later) : later;
    }

    /** The stamp of several lanes at the clock of another stamp. */
    static int ofSeveral(int stamp) {
        return stamp & ~LANE_MASK | SEVERAL;
    }

    /** Whether an access of any thread with a stamp is ordered before whatever any thread does now; not all that are, are told. */
    boolean isSettled(int stamp) {
        return stamp >> LANE_BITS <= settled;
    }

    /** Whether an access of another thread, of a warp with a stamp, is not ordered before what a lane does now. */
    boolean unordered(int warp, int lane, int otherWarp, int stamp) {
        return !isSettled(stamp) && unordered(known[warp], warp, lane, otherWarp, stamp);
    }

    /** The same for what a lane did when its warp knew these clocks; later accesses are not ordered before it. */
    static boolean unordered(int[] known, int warp, int lane, int otherWarp, int stamp) {
        int clock = stamp >> LANE_BITS;
        return otherWarp == warp
                ? clock > known[warp] || clock == known[warp] && (stamp & LANE_MASK) != lane
                : clock > known[otherWarp];
    }

    /** Who made an access, for errors. */
    static String thread(Warp warp, int stamp) {
        int lane = stamp & LANE_MASK;
        return lane == SEVERAL ? "several threads of warp " + warp.number : "thread " + warp.thread(lane);
    }
}
