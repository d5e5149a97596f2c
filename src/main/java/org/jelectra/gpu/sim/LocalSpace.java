package org.jelectra.gpu.sim;

/** Local memory of each lane. */
final class LocalSpace extends Space {

    LocalSpace(int base, long offset) {
        super(base, offset);
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        int[] addresses = warp.ints[base];
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            warp.scratch.offsets[lane] = warp.local.locate(lane, addresses[lane] + (int) offset, bytes, write);
        }
        warp.memory = warp.local.data;
        return lanes;
    }
}
