package org.jelectra.gpu.sim;

/** Lanes of a warp by where they are: each group has a program counter and a set of lanes. */
final class Groups {

    /** What a group waits for. */
    enum State {
        /** Nothing. */
        READY,
        /** Other lanes of its warp, at the same instruction. */
        LANES,
        /** Other warps, at a barrier. */
        BARRIER
    }

    private final int[] pcs = new int[Lanes.COUNT + 1];
    private final int[] masks = new int[Lanes.COUNT + 1];
    private final State[] states = new State[Lanes.COUNT + 1];
    private int count;

    /** One group at the beginning of the program. */
    void start(int lanes) {
        count = 0;
        add(0, lanes);
    }

    int count() {
        return count;
    }

    int pc(int group) {
        return pcs[group];
    }

    int lanes(int group) {
        return masks[group];
    }

    State state(int group) {
        return states[group];
    }

    /** Whether all lanes that have not ended are in one group. */
    boolean alone() {
        return count == 1;
    }

    /** Moves a group; one without lanes disappears with {@link #next}. */
    void set(int group, int pc, int lanes) {
        pcs[group] = pc;
        masks[group] = lanes;
        states[group] = State.READY;
    }

    /** A further group; it is joined to a group that is there already. */
    void add(int pc, int lanes) {
        for (int group = 0; group < count; group++) {
            if (pcs[group] == pc && states[group] != State.BARRIER && masks[group] != 0) {
                masks[group] |= lanes;
                states[group] = State.READY;
                return;
            }
        }
        set(count++, pc, lanes);
    }

    void waitForLanes(int group) {
        states[group] = State.LANES;
    }

    /** The group waits at its barrier, joined to those of its warp that wait there. */
    void waitAtBarrier(int group) {
        states[group] = State.BARRIER;
        for (int other = 0; other < count; other++) {
            if (other != group && states[other] == State.BARRIER && pcs[other] == pcs[group]) {
                masks[group] |= masks[other];
                masks[other] = 0;
            }
        }
    }

    /** The ready group with the lowest program counter, joined with those that wait there for it; -1 where none is ready. */
    int next() {
        removeEmpty();
        int best = -1;
        for (int group = 0; group < count; group++) {
            if (states[group] == State.READY && (best < 0 || pcs[group] < pcs[best])) {
                best = group;
            }
        }
        if (best < 0 || count == 1) {
            return best;
        }
        boolean joined = false;
        for (int group = 0; group < count; group++) {
            if (group != best && pcs[group] == pcs[best] && states[group] != State.BARRIER) {
                masks[best] |= masks[group];
                masks[group] = 0;
                joined = true;
            }
        }
        return joined ? next() : best;
    }

    private void removeEmpty() {
        int kept = 0;
        for (int group = 0; group < count; group++) {
            if (masks[group] != 0) {
                pcs[kept] = pcs[group];
                masks[kept] = masks[group];
                states[kept++] = states[group];
            }
        }
        count = kept;
    }

    /** The lowest program counter above that of the group where others are, and it must stop to join them. */
    int limit(int group) {
        int limit = Integer.MAX_VALUE;
        for (int other = 0; other < count; other++) {
            if (states[other] != State.BARRIER && pcs[other] > pcs[group]) {
                limit = Math.min(limit, pcs[other]);
            }
        }
        return limit;
    }

    /** Sends on the lanes that wait at a barrier. */
    void release(int group) {
        pcs[group]++;
        states[group] = State.READY;
    }
}
