package org.jelectra.backend.cuda;

/** Sizes of a matrix product's tile: how many rows and columns of the result one thread block computes. As in the kernels. */
enum GemmTile {
    /** For results that have enough such tiles to fill the device. */
    LARGE(128),
    /** For the others. */
    SMALL(64);

    private final int extent;

    GemmTile(int extent) {
        this.extent = extent;
    }

    /** Tiles of a result. */
    long count(GemmSize size) {
        return (long) along(size.m()) * along(size.n());
    }

    /** Elements that the tiles have, with those beyond the result's edges. */
    long area(GemmSize size) {
        return count(size) * extent * extent;
    }

    private int along(int length) {
        return (length + extent - 1) / extent;
    }

    /** Rows, and columns. */
    int extent() {
        return extent;
    }

    /** The kernel of that operation for this tile, without the suffix of the type. */
    String kernel(String operation) {
        return "gemm_" + operation + "_" + extent;
    }
}
