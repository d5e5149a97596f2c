package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Lookups of rows and their backward passes. Kernels: {@code kernels/rows.cu}; for embeddings see {@link Embeddings}. */
final class Rows {

    private static final String FAMILY = "rows";
    private static final int THREADS = 256;
    private static final int WARPS = 8;
    /** Rows of the result of one warp of the backward pass. */
    private static final int OWNED_ROWS = 8;

    private final Device device;

    Rows(Device device) {
        this.device = device;
    }

    Operation gather(Tensor x, Tensor indices, Tensor y) {
        int width = x.shape().width();
        int packs = (width + Packs.size(x.dtype()) - 1) / Packs.size(x.dtype());
        return device.operation(
                device.kernel(FAMILY, "gather_rows", x.dtype()),
                LaunchShape.of(Packs.blocks(indices.size() * packs, THREADS), THREADS),
                arguments(x, indices, y, x));
    }

    Operation gatherBackward(Tensor dy, Tensor indices, Tensor dx) {
        return device.operation(
                device.kernel(FAMILY, "gather_rows_backward", dy.dtype()),
                LaunchShape.of(Packs.blocks(dx.shape().rows(), WARPS * OWNED_ROWS), THREADS),
                arguments(dy, indices, dx, dx));
    }

    private KernelArguments arguments(Tensor from, Tensor indices, Tensor to, Tensor table) {
        return KernelArguments.of()
                .pointer(device.address(from))
                .pointer(device.address(indices))
                .pointer(device.address(to))
                .int32(Math.toIntExact(indices.size()))
                .int32(table.shape().rows())
                .int32(table.shape().width());
    }
}
