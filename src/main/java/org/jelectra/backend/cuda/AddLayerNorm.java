package org.jelectra.backend.cuda;

import java.util.Set;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Layer normalisation of dropout(x) + residual. Kernels: {@code kernels/layer_norm.cu}. */
final class AddLayerNorm {

    private static final String FAMILY = "layer_norm";
    /** Widths whose rows have a variant that keeps them in registers. */
    private static final Set<Integer> REGISTER_WIDTHS = Set.of(64, 128, 256, 768, 1024);

    private static final int THREADS = 256;
    /**
     * Blocks of the backward pass at most, each with partial sums of the parameters' gradients: two for each of the 132
     * multiprocessors of an H200. A constant, so that the order of the additions is the same on all devices.
     */
    private static final int BACKWARD_BLOCKS = 264;
    /** Columns of a block of partial sums at any other width. */
    private static final int PARTIAL_COLUMNS = 128;
    /** Rows of one partial sum there, at least. */
    private static final int CHUNK = 128;

    private static final int GRID_LIMIT = 65535;

    private final Device device;

    AddLayerNorm(Device device) {
        this.device = device;
    }

    Operation forward(Tensor x, AddLayerNormOperands norm) {
        int rows = x.shape().rows();
        int width = x.shape().width();
        int lanes = Packs.lanes(width, x.dtype());
        KernelArguments arguments = KernelArguments.of().pointer(device.address(x));
        DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.residual()))
                .pointer(device.address(norm.gamma()))
                .pointer(device.address(norm.beta()))
                .float32(norm.epsilon())
                .pointer(device.address(norm.sum()))
                .pointer(device.address(norm.y()))
                .pointer(device.address(norm.stats()))
                .int64(rows);
        if (REGISTER_WIDTHS.contains(width) && Packs.aligned(x, norm.residual(), norm.sum(), norm.y())) {
            Kernel kernel = device.kernel(FAMILY, "layer_norm_forward_w" + width, x.dtype());
            return device.operation(kernel, registerForward(kernel, x), arguments);
        }
        return device.operation(
                device.kernel(FAMILY, "layer_norm_forward", x.dtype()),
                LaunchShape.of(Packs.blocks(rows, THREADS / lanes), THREADS),
                arguments.int32(width).int32(lanes));
    }

    /** The launch of a forward pass that keeps the rows of x in registers. */
    LaunchShape registerForward(Kernel kernel, Tensor x) {
        int lanes = Packs.lanes(x.shape().width(), x.dtype());
        int blocks = Packs.blocks(x.shape().rows(), THREADS / lanes);
        // no more blocks than are on the device at a time: each reads gamma and beta once
        int resident = kernel.occupancy(THREADS, 0) * device.multiprocessors();
        return LaunchShape.of(Math.min(blocks, resident), THREADS);
    }

    /** The launch of a backward pass that keeps the rows of dy in registers; each block leaves one partial sum. */
    static LaunchShape registerBackward(Kernel kernel, Tensor dy) {
        int threads = kernel.blockThreads();
        int lanes = Packs.lanes(dy.shape().width(), dy.dtype());
        int blocks = Packs.blocks(dy.shape().rows(), threads / lanes);
        return LaunchShape.of(Math.min(BACKWARD_BLOCKS, blocks), threads);
    }

    private static boolean inRegisters(AddLayerNormBackward norm) {
        return REGISTER_WIDTHS.contains(norm.dy().shape().width())
                && Packs.aligned(norm.dy(), norm.sum(), norm.dx(), norm.dResidual());
    }

    LayerNormBackwardPass backward(AddLayerNormBackward norm) {
        Tensor dy = norm.dy();
        int rows = dy.shape().rows();
        int width = dy.shape().width();
        if (inRegisters(norm)) {
            Kernel kernel = device.kernel(FAMILY, "layer_norm_backward_w" + width, dy.dtype());
            LaunchShape shape = registerBackward(kernel, dy);
            return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), shape.gridX(), partials -> {
                KernelArguments arguments = arguments(norm).pointer(partials);
                Operation launch = device.operation(kernel, shape, arguments);
                return width == SelfAttention.WIDTH && dy.dtype() == DType.BFLOAT16
                        ? new ChainTask(
                                device, ChainTask.Kind.LAYER_NORM_BACKWARD, arguments, rows, 0, shape.gridX(), launch)
                        : launch;
            });
        }
        int chunk = Math.max(CHUNK, Packs.blocks(rows, GRID_LIMIT));
        int count = Packs.blocks(rows, chunk);
        int lanes = Packs.lanes(width, dy.dtype());
        return new LayerNormBackwardPass(norm.dGamma(), norm.dBeta(), count, partials -> {
            Operation columns = device.operation(
                    device.kernel(FAMILY, "layer_norm_partials", dy.dtype()),
                    LaunchShape.of(Packs.blocks(width, PARTIAL_COLUMNS), count, THREADS),
                    KernelArguments.of()
                            .pointer(device.address(dy))
                            .pointer(device.address(norm.sum()))
                            .pointer(device.address(norm.stats()))
                            .int64(rows)
                            .int32(width)
                            .int32(chunk)
                            .pointer(partials));
            Operation values = device.operation(
                    device.kernel(FAMILY, "layer_norm_backward", dy.dtype()),
                    LaunchShape.of(Packs.blocks(rows, THREADS / lanes), THREADS),
                    arguments(norm).int32(width).int32(lanes));
            return Operation.sequence(columns, values);
        });
    }

    /** What both kernels that write the gradients of the values have in common. */
    private KernelArguments arguments(AddLayerNormBackward norm) {
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(norm.dy()))
                .pointer(device.address(norm.sum()))
                .pointer(device.address(norm.stats()))
                .pointer(device.address(norm.gamma()));
        return DropoutArguments.add(device, arguments, norm.dropout())
                .pointer(device.address(norm.dx()))
                .pointer(device.address(norm.dResidual()))
                .int64(norm.dy().shape().rows());
    }
}
