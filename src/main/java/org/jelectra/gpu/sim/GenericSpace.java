package org.jelectra.gpu.sim;

/** Memory by generic addresses, which tell their space. */
final class GenericSpace extends Space {

    private final GlobalSpace global;

    GenericSpace(int base, long offset) {
        super(base, offset);
        this.global = new GlobalSpace(base, offset);
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        long tag = tag(warp, Lanes.first(lanes));
        int same = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            same |= tag(warp, lane) == tag ? 1 << lane : 0;
        }
        if (tag == 0) {
            return global.locate(warp, same, bytes, write);
        }
        int[] places = warp.scratch.offsets;
        for (int rest = same; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            long address = warp.longs[base][lane] + offset;
            if (tag == GENERIC_SHARED) {
                places[lane] = (int) (address & ~tag);
            } else {
                places[lane] = warp.local.locate(lane, address & ~tag, bytes, write);
            }
        }
        if (tag == GENERIC_SHARED) {
            warp.block.shared.check(warp, same, places, bytes, write);
            warp.memory = warp.block.shared.data;
            warp.counts.countShared(places, bytes, same);
        } else {
            warp.memory = warp.local.data;
        }
        return same;
    }

    private long tag(Warp warp, int lane) {
        return warp.longs[base][lane] & (GENERIC_SHARED | GENERIC_LOCAL);
    }
}
