package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Softmax over the last dimension of attention scores, with a mask over keys. Kernels: {@code kernels/softmax.cu}. */
final class Softmax {

    private static final String FAMILY = "softmax";
    private static final int THREADS = 256;
    /** Rows of a block, one for each warp. */
    private static final int WARPS = 8;
    /** Rows that a warp of the forward pass takes one after the other. */
    private static final int ROWS = 8;

    private final Device device;

    Softmax(Device device) {
        this.device = device;
    }

    Operation forward(Tensor x, Tensor keyMask, Tensor y) {
        int width = x.shape().width();
        int sequences = x.shape().dimension(0);
        int rows = sequences == 0 ? 0 : x.shape().rows() / sequences;
        int blocks = Packs.blocks(rows, WARPS * ROWS);
        return device.operation(
                kernel("softmax_forward", width, x.dtype()),
                LaunchShape.of(Packs.blocks((long) blocks * sequences, 1), THREADS),
                KernelArguments.of()
                        .pointer(CudaStorage.address(x))
                        .pointer(CudaStorage.address(keyMask))
                        .pointer(CudaStorage.address(y))
                        .int32(rows)
                        .int32(width)
                        .int32(blocks));
    }

    Operation backward(Tensor y, Tensor dy, Tensor dx) {
        int width = y.shape().width();
        int rows = y.shape().rows();
        return device.operation(
                kernel("softmax_backward", width, y.dtype()),
                LaunchShape.of(Packs.blocks(rows, WARPS), THREADS),
                KernelArguments.of()
                        .pointer(CudaStorage.address(y))
                        .pointer(CudaStorage.address(dy))
                        .pointer(CudaStorage.address(dx))
                        .int64(rows)
                        .int32(width));
    }

    /** The variant that keeps rows of this width in registers, or the one for any width. */
    private Kernel kernel(String name, int width, DType dtype) {
        String variant = width <= 128 ? "_w128" : width <= 512 ? "_w512" : "";
        return device.kernel(FAMILY, name + variant, dtype);
    }
}
