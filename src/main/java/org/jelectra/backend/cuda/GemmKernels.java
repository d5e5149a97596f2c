package org.jelectra.backend.cuda;

import org.jelectra.tensor.DType;

/** The kernels of matrix products that there are, as {@code kernels/gemm_*.cu} lay them out. */
enum GemmKernels {
    /** Exact float32. */
    FLOAT32("gemm_f32", GemmTile.SMALL, 62),
    /** Tensor cores of any device, whose warps read factors to registers. */
    WARPS("gemm_bf16", GemmTile.LARGE, 735),
    /** Tensor cores of compute capability 9.0, which read the factors of large tiles from shared memory themselves. */
    WARPGROUPS("gemm_bf16", GemmTile.WIDE, 735);

    /** bf16 ones of 16 by 8. */
    private static final int ONES_BYTES = 2 * 16 * 8;

    private final String family;
    private final GemmTile groupTile;
    private final int result;

    GemmKernels(String family, GemmTile groupTile, int result) {
        this.family = family;
        this.groupTile = groupTile;
        this.result = result;
    }

    /** Those for factors of that type on the device. */
    static GemmKernels of(Device device, DType type) {
        if (type != DType.BFLOAT16) {
            return FLOAT32;
        }
        return device.loadsSm90a(WARPGROUPS.family) ? WARPGROUPS : WARPS;
    }

    /** The family that they are in. */
    String family() {
        return family;
    }

    /** Threads of a block. */
    int threads(GemmTile tile) {
        return this != WARPS && tile != GemmTile.SMALL ? 256 : 128;
    }

    /** The largest tile for weight gradients of many layers. */
    GemmTile groupTile() {
        return groupTile;
    }

    /**
     * Values of k that take as long as a result does, which is written, and read to be added to others: 8 bytes an element at 4.3 TB/s,
     * where each value of k is 2 FLOP at 790 TFLOP/s in bf16, at 67 in float32.
     */
    int result() {
        return result;
    }

    /** Blocks that a multiprocessor holds at a time: one multiplies while the other stores; of the wide tile, there is room for one. */
    int blocks(GemmTile tile) {
        return tile == GemmTile.WIDE ? 1 : 2;
    }

    /** Blocks of a multiprocessor at most where one of them adds the parts of all, see {@link GemmPlan#wholeOrSplit}. */
    int partBlocks() {
        return this == FLOAT32 ? 2 : 1;
    }

    /** Shared memory of a block: the steps of its pipeline. */
    int sharedBytes(GemmTile tile) {
        int stages = this == FLOAT32 || this == WARPGROUPS && tile == GemmTile.LARGE ? 3 : 4;
        return stages * tile.edges() * stepBytes(tile);
    }

    /** Of a block of weight gradients, where asynchronous tiles have a factor of ones behind their steps. */
    int groupSharedBytes(GemmTile tile) {
        return sharedBytes(tile) + (hasPanels(tile) ? ONES_BYTES : 0);
    }

    /** Values of k in one step. */
    int step(GemmTile tile) {
        return stepBytes(tile) / (this == FLOAT32 ? Float.BYTES : Short.BYTES);
    }

    /** Bytes of one row or column of a factor in one step. */
    private int stepBytes(GemmTile tile) {
        return hasPanels(tile) ? 128 : 64;
    }

    private boolean hasPanels(GemmTile tile) {
        return this == WARPGROUPS && tile != GemmTile.SMALL;
    }
}
