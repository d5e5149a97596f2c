package org.jelectra.gpu.sim;

/** Shared memory of the block. */
final class SharedSpace extends Space {

    SharedSpace(int base, long offset) {
        super(base, offset);
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        int[] addresses = warp.ints[base];
        int[] places = warp.scratch.offsets;
        SharedMemory shared = warp.block.shared;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            places[lane] = addresses[lane] + (int) offset;
        }
        shared.check(warp, lanes, places, bytes, write);
        warp.memory = shared.data;
        warp.counts.countShared(places, bytes, lanes);
        return lanes;
    }
}
