package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds accesses of a launch to global memory that nothing orders, one of them to write. The threads of a block are ordered by its
 * barriers ({@link WarpClocks}), blocks by nothing; strong accesses among themselves need no order, and make none. A strong load may
 * then get what was there before, so one of what another block has stored, or changed by an atomic operation, is a fault without
 * {@link BlockOrder}; so is one of a word that blocks have stored to in no order. Besides it finds writes to memory that non-coherent
 * loads read. It watches one launch, whose blocks run one after the other.
 *
 * <p>Not found: a strong load before the store of a block that runs later, which is one behind it when
 * {@linkplain SimulatorOptions#withBackwards blocks run backwards}; what a kernel makes of numbers that atomic operations return; atomic
 * operations whose result depends on their order, as exchanges; relaxed loads of flags that are stored by a release.
 */
final class GlobalRaces {

    /** Accesses to one allocation. */
    static final class Shadow {

        private final GlobalAccesses reads;
        private final GlobalAccesses constants;
        private final GlobalAccesses writes;
        private final GlobalAccesses strong;
        private final BlockChanges published;
        private final BlockChanges counted;

        private Shadow(Allocation allocation, int unitShift, BlockOrder order) {
            reads = new GlobalAccesses(allocation, unitShift, "read");
            constants = new GlobalAccesses(allocation, unitShift, "read without coherence");
            writes = new GlobalAccesses(allocation, unitShift, "wrote");
            strong = new GlobalAccesses(allocation, unitShift, "changed");
            published = new BlockChanges(allocation, unitShift, "wrote", order);
            counted = new BlockChanges(allocation, unitShift, "changed", order);
        }
    }

    private final int unitShift;
    private final List<Allocation> watched = new ArrayList<>();
    private final BlockOrder order = new BlockOrder();

    /**
     * @param unit granularity in bytes; smaller accesses of two threads to one unit count as meeting
     */
    GlobalRaces(int unit) {
        this.unitShift = Integer.numberOfTrailingZeros(unit);
    }

    /** Forgets everything. */
    void close() {
        watched.forEach(allocation -> allocation.shadow = null);
        watched.clear();
    }

    /** An access of some lanes, aligned, at the places in {@link Scratch#offsets}. */
    void access(Warp warp, int lanes, Allocation allocation, int bytes, boolean write) {
        if (allocation.shadow == null) {
            allocation.shadow = new Shadow(allocation, unitShift, order);
            watched.add(allocation);
        }
        int[] places = warp.scratch.offsets;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int place = places[lane];
            access(warp, lane, allocation.shadow, place >> unitShift, place + bytes - 1 >> unitShift, write);
            if (warp.access.learns || warp.access.tells) {
                order.meet(warp, lane, allocation, place);
            }
        }
    }

    /** A fence of the device, or of more, by some lanes. */
    void fence(Warp warp, int lanes) {
        order.fence(warp, lanes);
    }

    private void access(Warp warp, int lane, Shadow shadow, int first, int last, boolean write) {
        switch (warp.access) {
            case NON_COHERENT -> {
                shadow.writes.requireNone(warp, lane, first, last);
                shadow.strong.requireNone(warp, lane, first, last);
                shadow.constants.add(warp, lane, first, last);
            }
            case WEAK -> {
                shadow.writes.requireOrder(warp, lane, first, last);
                shadow.strong.requireOrder(warp, lane, first, last);
                if (write) {
                    shadow.reads.requireOrder(warp, lane, first, last);
                    shadow.constants.requireNone(warp, lane, first, last);
                    shadow.writes.add(warp, lane, first, last);
                } else {
                    shadow.reads.add(warp, lane, first, last);
                }
            }
            default -> {
                shadow.writes.requireOrder(warp, lane, first, last);
                shadow.reads.requireOrder(warp, lane, first, last);
                shadow.constants.requireNone(warp, lane, first, last);
                shadow.strong.add(warp, lane, first, last);
                if (warp.access == Access.STRONG && write) {
                    shadow.published.contest(warp, lane, first, last, true);
                    shadow.counted.contest(warp, lane, first, last, true);
                    shadow.published.add(warp, order.publish(warp, lane), first, last);
                } else if (warp.access == Access.STRONG) {
                    shadow.published.requireRead(warp, lane, first, last);
                    shadow.counted.requireRead(warp, lane, first, last);
                } else if (warp.access.tells && warp.access.learns) {
                    shadow.published.contest(warp, lane, first, last, false);
                    shadow.counted.add(warp, order.count(warp, lane), first, last);
                }
            }
        }
    }
}
