package org.jelectra.backend.cuda;

/**
 * How a matrix product is spread over the device.
 *
 * @param tile what a thread block computes
 * @param splits parts along k that different blocks compute, to be added up afterwards; 1 for none
 * @param chunk values of k in each part but the last, which may have fewer
 */
record GemmPlan(GemmTile tile, int splits, int chunk) {

    /** Values of k of a part at least: fewer would not outweigh writing and reading its result once more. */
    private static final int CHUNK = 256;
    /** Values of k that are not cut into two parts alone, see {@link #wholeOrSplit}. */
    private static final int NOT_HALVED = 1536;
    /**
     * Values of k from which on wide tiles are worth it: for the same result they take three quarters of the second-level cache's time, but
     * a multiprocessor has room for one only, whose start and stores nothing there hides (by estimates, see {@code gemm_bf16_sm90a.cu}).
     */
    private static final int LONG = 512;
    /** Up to this many times the elements of large tiles they are still worth it. */
    private static final double WIDE_WASTE = 1.1;
    /** Up to this many times the elements of small tiles, large ones cost less, because they read each factor half as often. */
    private static final double WASTE = 1.25;

    /** A plan for a product that is not split. */
    static GemmPlan whole(GemmSize size, int multiprocessors) {
        boolean large = wastesLittle(size) && fills(GemmTile.LARGE, size, multiprocessors);
        return new GemmPlan(large ? GemmTile.LARGE : GemmTile.SMALL, 1, size.k());
    }

    /** The same for an operation that has kernels for wide tiles, where there are any. */
    static GemmPlan wholeOrWide(GemmSize size, int multiprocessors, GemmKernels kernels) {
        boolean wide = kernels == GemmKernels.WARPGROUPS
                && size.k() >= LONG
                && GemmTile.WIDE.area(size) <= WIDE_WASTE * GemmTile.LARGE.area(size)
                && wastesLittle(size)
                && fills(GemmTile.WIDE, size, multiprocessors);
        return wide ? new GemmPlan(GemmTile.WIDE, 1, size.k()) : whole(size, multiprocessors);
    }

    private static boolean fills(GemmTile tile, GemmSize size, int multiprocessors) {
        return tile.count(size) >= multiprocessors;
    }

    /**
     * A plan for a product whose parts the block that is done last adds: split only where no multiprocessor would have a second block, so
     * that a counter for each of them is enough for the tiles, and where k is longer than two parts.
     *
     * <p>By estimates for an H200, none of them measured: that block reads the parts alone, 64 KB each of a large tile, at 65 GB/s (32 KB
     * under way for 0.5 us) to 112 GB/s (64 bytes a cycle), which is 0.6 to 1.0 us for each. Of {@code 2432 x 128 x 30522}, 19 tiles,
     * these are 8 to 13 us of 13 parts, 4 to 6 us of 6. The product takes 35 us of the memory's time (148 MB) either way; of its
     * multiprocessor's, in bf16 at 790 TFLOP/s, 26 us in two blocks of 1/13 and 28 us in one of 1/6. So the second block of a
     * multiprocessor saves less than its parts cost: there is {@linkplain GemmKernels#partBlocks one}. In float32 (67 TFLOP/s) it is 305
     * us to 328, and there are two.
     *
     * <p>Two parts alone save half the product's time, in bf16 2.7 ns for each value of k of a large tile, about 1.4 of a small one, and
     * cost 1.5 us for fences and the counter, 2.4 us or 0.6 for the parts: worth it from 1500 values of k on.
     */
    static GemmPlan wholeOrSplit(GemmSize size, int multiprocessors, GemmKernels kernels) {
        GemmPlan whole = wholeOrWide(size, multiprocessors, kernels);
        boolean full = whole.tile() == GemmTile.WIDE || whole.tile().count(size) > multiprocessors;
        if (full || size.k() <= 2 * CHUNK) {
            return whole;
        }
        GemmPlan parts = split(size, multiprocessors, kernels);
        return parts.splits() == 2 && size.k() < NOT_HALVED ? whole : parts;
    }

    /** A plan with as many splits as one wave of blocks over the device has room for. */
    private static GemmPlan split(GemmSize size, int multiprocessors, GemmKernels kernels) {
        int parts = (size.k() + CHUNK - 1) / CHUNK;
        boolean large = wastesLittle(size) && GemmTile.LARGE.count(size) * parts >= multiprocessors;
        GemmTile tile = large ? GemmTile.LARGE : GemmTile.SMALL;
        long room = (long) kernels.partBlocks() * multiprocessors / tile.count(size);
        int wanted = (int) Math.max(1, Math.min(room, parts));
        int step = kernels.step(tile);
        int chunk = ((size.k() + wanted - 1) / wanted + step - 1) / step * step;
        return new GemmPlan(tile, (size.k() + chunk - 1) / chunk, chunk);
    }

    /** Whether large tiles have few elements beyond the result's edges. */
    static boolean wastesLittle(GemmSize size) {
        return GemmTile.LARGE.area(size) <= WASTE * GemmTile.SMALL.area(size);
    }
}
