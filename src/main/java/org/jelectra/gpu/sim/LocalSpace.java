package org.jelectra.gpu.sim;

/** Local memory of each lane. */
final class LocalSpace extends Space {

    private final int base;
    private final int offset;

    /**
     * @param base INT register with the address
     * @param offset bytes to add to it
     */
    LocalSpace(int base, long offset) {
        this.base = base;
        this.offset = (int) offset;
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        int[] addresses = warp.ints[base];
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            warp.scratch.offsets[lane] = warp.local.locate(lane, addresses[lane] + offset, bytes, write);
        }
        warp.memory = warp.local.data;
        return lanes;
    }
}
