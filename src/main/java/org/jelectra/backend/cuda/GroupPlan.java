package org.jelectra.backend.cuda;

import java.util.List;
import org.jelectra.tensor.DType;

/**
 * How the weight gradients of several layers are spread over the device by one launch.
 *
 * @param chunk values of k of a block at most; all but the last parts have as many
 */
record GroupPlan(int chunk) {

    /** Blocks that a multiprocessor holds at a time, of either tile; more of the small one are there to hide waiting. */
    private static final int BLOCKS = 2;
    /** Values of k that take as long as a block's start and its result do. */
    private static final int OVERHEAD = 256;

    /** The tile of one layer's gradient: the large one where it fits and there is a kernel for it. */
    static GemmTile tile(GemmSize size, DType type) {
        return type == DType.BFLOAT16 && GemmPlan.wastesLittle(size) ? GemmTile.LARGE : GemmTile.SMALL;
    }

    /**
     * The plan with the shortest time for products that have the same tile. Blocks of a whole part come in waves over the device; those
     * of shorter products fill what the last wave leaves.
     */
    static GroupPlan of(List<GemmSize> sizes, GemmTile tile, int multiprocessors, GemmKernels kernels) {
        int longest = sizes.stream().mapToInt(GemmSize::k).max().orElseThrow();
        int step = kernels.step(tile);
        long room = (long) BLOCKS * multiprocessors;
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int parts = 1; parts <= Math.max(1, longest / OVERHEAD); parts++) {
            int chunk = ((longest + parts - 1) / parts + step - 1) / step * step;
            long whole = 0;
            long work = 0;
            for (GemmSize size : sizes) {
                long blocks = tile.count(size) * splits(size, chunk);
                int length = Math.min(size.k(), chunk);
                whole += length == Math.min(longest, chunk) ? blocks : 0;
                work += blocks * (length + OVERHEAD);
            }
            long time = Math.max((whole + room - 1) / room * (chunk + OVERHEAD), (work + room - 1) / room);
            if (time < least) {
                least = time;
                best = chunk;
            }
        }
        return new GroupPlan(best);
    }

    /** Parts into which the sum over k of a product is cut. */
    int splits(GemmSize size) {
        return splits(size, chunk);
    }

    private static int splits(GemmSize size, int chunk) {
        return (size.k() + chunk - 1) / chunk;
    }
}
