package org.jelectra.backend.cuda;

/** Sizes of a matrix product's tile: how many rows and columns of the result one thread block computes. As in the kernels. */
enum GemmTile {
    /** For long sums and weight gradients of many layers, on devices that have such kernels. */
    WIDE(128, 256),
    /** For results that have enough such tiles to fill the device, and for weight gradients of many layers on other devices. */
    LARGE(128, 128),
    /** For the others. */
    SMALL(64, 64);

    private final int rows;
    private final int columns;

    GemmTile(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Tiles of a result. */
    long count(GemmSize size) {
        return (long) along(size.m(), rows) * along(size.n(), columns);
    }

    /** Elements that the tiles have, with those beyond the result's edges. */
    long area(GemmSize size) {
        return count(size) * rows * columns;
    }

    private static int along(int length, int extent) {
        return (length + extent - 1) / extent;
    }

    /** Rows and columns of both factors together. */
    int edges() {
        return rows + columns;
    }

    /** The kernel of that operation for this tile, without the suffix of the type. */
    String kernel(String operation) {
        return "gemm_" + operation + "_" + (rows == columns ? "" : rows + "x") + columns;
    }
}
