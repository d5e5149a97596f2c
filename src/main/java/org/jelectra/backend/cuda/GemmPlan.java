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
    /** Up to this many times the elements of small tiles, large ones cost less, because they read each factor half as often. */
    private static final double WASTE = 1.25;

    /** A plan for a product that is not split. */
    static GemmPlan whole(GemmSize size, int multiprocessors) {
        boolean large = wastesLittle(size) && GemmTile.LARGE.count(size) * size.batches() >= multiprocessors;
        return new GemmPlan(large ? GemmTile.LARGE : GemmTile.SMALL, 1, size.k());
    }

    /**
     * A plan for a product that is split only where no multiprocessor would have a second block, so that a counter for each of them is
     * enough for the tiles, and where k is longer than two parts: what shorter ones save goes into adding the parts.
     */
    static GemmPlan wholeOrSplit(GemmSize size, int multiprocessors, GemmKernels kernels) {
        GemmPlan whole = whole(size, multiprocessors);
        boolean full = whole.tile().count(size) * size.batches() > multiprocessors;
        return full || size.k() <= 2 * CHUNK ? whole : split(size, multiprocessors, kernels);
    }

    /** A plan with as many splits as one wave of blocks over the device has room for. */
    static GemmPlan split(GemmSize size, int multiprocessors, GemmKernels kernels) {
        long parts = (size.k() + CHUNK - 1) / CHUNK;
        boolean large = wastesLittle(size) && GemmTile.LARGE.count(size) * size.batches() * parts >= multiprocessors;
        GemmTile tile = large ? GemmTile.LARGE : GemmTile.SMALL;
        long room = (long) kernels.blocks(tile) * multiprocessors / (tile.count(size) * size.batches());
        int wanted = (int) Math.max(1, Math.min(Math.min(room, parts), 65535 / size.batches()));
        int step = kernels.step(tile);
        int chunk = ((size.k() + wanted - 1) / wanted + step - 1) / step * step;
        return new GemmPlan(tile, (size.k() + chunk - 1) / chunk, chunk);
    }

    /** Whether large tiles have few elements beyond the result's edges. */
    static boolean wastesLittle(GemmSize size) {
        return GemmTile.LARGE.area(size) <= WASTE * GemmTile.SMALL.area(size);
    }
}
