package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Changes of one kind that a launch has made to an allocation by strong accesses: those of all blocks, which {@link BlockOrder} orders. */
final class BlockChanges extends GlobalAccesses {

    /** For units that several blocks have come to: the changes of those before the last. */
    private final Map<Integer, List<OfBlock>> earlier = new HashMap<>();
    /** Units of which what is left depends on the block that came last. */
    private final Set<Integer> contested = new HashSet<>();

    private final BlockOrder order;

    /**
     * @param unitShift binary logarithm of a unit's bytes
     * @param did what these changes did, for errors
     */
    BlockChanges(Allocation allocation, int unitShift, String did, BlockOrder order) {
        super(allocation, unitShift, did);
        this.order = order;
    }

    @Override
    void leave(int unit, int[] page, int at) {
        earlier.computeIfAbsent(unit, u -> new ArrayList<>()).add(access(page, at));
    }

    /**
     * It is a fault of a lane that reads some units if changes of other blocks are not ordered before that, or if which of them was the
     * last is a matter of chance.
     */
    void requireRead(Warp warp, int lane, int first, int last) {
        for (int unit = first; unit <= last; unit++) {
            OfBlock by = unordered(warp, lane, unit);
            if (by != null) {
                String who = "block number " + (by.block() - 1);
                throw fault(FaultKind.UNPUBLISHED, warp, lane, unit, who, "; " + BlockOrder.NEEDED);
            }
            if (contested.contains(unit)) {
                throw fault(FaultKind.UNPUBLISHED, warp, lane, unit, "several blocks", " in no order");
            }
        }
    }

    /**
     * A lane is about to change some units in such a way that what is left of these changes depends on their order.
     *
     * @param overwrites whether of earlier changes, where all are ordered before, nothing is left
     */
    void contest(Warp warp, int lane, int first, int last, boolean overwrites) {
        for (int unit = first; unit <= last; unit++) {
            if (unordered(warp, lane, unit) != null) {
                contested.add(unit);
            } else if (overwrites) {
                contested.remove(unit);
            }
        }
    }

    /** What another block did to a unit, if that is not ordered before what a lane does; else null. */
    private OfBlock unordered(Warp warp, int lane, int unit) {
        OfBlock latest = others(warp, unit);
        if (latest == null) {
            return null;
        }
        if (isUnordered(warp, lane, latest)) {
            return latest;
        }
        return earlier.getOrDefault(unit, List.of()).stream()
                .filter(by -> isUnordered(warp, lane, by))
                .findFirst()
                .orElse(null);
    }

    private boolean isUnordered(Warp warp, int lane, OfBlock by) {
        return by.block() != block(warp) && !order.orders(warp, lane, by.block() - 1, by.warps(), by.stamp());
    }
}
