package org.jelectra.gpu.sim;

/** Shared memory of the block. */
final class SharedSpace extends Space {

    private final int base;
    private final int offset;

    /**
     * @param base INT register with the address
     * @param offset bytes to add to it
     */
    SharedSpace(int base, long offset) {
        this.base = base;
        this.offset = (int) offset;
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        int[] addresses = warp.ints[base];
        int[] places = warp.scratch.offsets;
        SharedMemory shared = warp.block.shared;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            places[lane] = addresses[lane] + offset;
        }
        shared.check(warp, lanes, places, bytes, write);
        warp.memory = shared.data;
        warp.counts.countShared(places, bytes, lanes);
        return lanes;
    }
}
