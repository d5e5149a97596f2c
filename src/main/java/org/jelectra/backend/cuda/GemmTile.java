package org.jelectra.backend.cuda;

import org.jelectra.tensor.DType;

/** Sizes of a matrix product's tile: how many rows and columns of the result one thread block computes. As in the kernels. */
enum GemmTile {
    /** For results that have enough such tiles to fill the device. */
    LARGE(128),
    /** For the others. */
    SMALL(64);

    /** Bytes of one row or column of a factor in one step of the kernel's pipeline. */
    private static final int STEP_BYTES = 64;

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

    /** Threads of a block. */
    int threads(DType type) {
        return type == DType.FLOAT32 && this == LARGE ? 256 : 128;
    }

    /** Shared memory of a block: the steps of its pipeline. */
    int sharedBytes(DType type) {
        int stages = type == DType.FLOAT32 ? 3 : 4;
        return stages * 2 * extent * STEP_BYTES;
    }

    /** Values of k in one step. */
    static int step(DType type) {
        return STEP_BYTES / type.bytes();
    }

    /** The kernel of that operation for this tile, without the suffix of the type. */
    String kernel(String operation) {
        return "gemm_" + operation + "_" + extent;
    }
}
