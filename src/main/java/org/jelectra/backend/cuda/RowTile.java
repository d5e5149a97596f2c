package org.jelectra.backend.cuda;

import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Whole rows of a result that one thread block computes and can normalise. As in the kernels. */
enum RowTile {
    /** For any width that has kernels. */
    WARPS(64),
    /** For width 256 in families with kernels for compute capability 9.0. */
    WARPGROUPS(128);

    private static final int WARPGROUP_WIDTH = 256;

    private final int rows;

    RowTile(int rows) {
        this.rows = rows;
    }

    /** The tile of that family's kernels for results of that width. */
    static RowTile of(Device device, String family, int width) {
        return width == WARPGROUP_WIDTH && device.loadsSm90a(family) ? WARPGROUPS : WARPS;
    }

    int rows() {
        return rows;
    }

    /** Tiles of a result. */
    int count(Tensor result) {
        return Packs.blocks(result.shape().rows(), rows);
    }

    /** A block for each tile of a result. */
    LaunchShape launch(Tensor result, int sharedBytes) {
        return LaunchShape.of(count(result), 2 * rows).withShared(sharedBytes);
    }
}
