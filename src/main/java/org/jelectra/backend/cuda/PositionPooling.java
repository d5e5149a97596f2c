package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Means under a softmax over positions, and their gradients. Kernels: {@code kernels/position_pooling.cu}. */
final class PositionPooling {

    private static final String FAMILY = "position_pooling";
    private static final int THREADS = 256;
    /** Packs of a vector that a block of the forward pass takes. */
    private static final int LANES = 8;

    private final Device device;

    PositionPooling(Device device) {
        this.device = device;
    }

    Operation forward(PositionPoolingOperands operands) {
        Tensor values = operands.values();
        int width = values.shape().width();
        int parts = Packs.blocks(width, LANES * Packs.size(values.dtype()));
        return device.operation(
                device.kernel(FAMILY, "position_pooling_forward", values.dtype()),
                LaunchShape.of(Math.multiplyExact(operands.batch(), parts), THREADS),
                KernelArguments.of()
                        .pointer(device.address(operands.logits()))
                        .pointer(device.address(values))
                        .pointer(device.address(operands.allowed()))
                        .int32(operands.length())
                        .int32(width)
                        .int32(parts)
                        .pointer(device.address(operands.logSumExp()))
                        .pointer(device.address(operands.y())));
    }

    Operation backward(
            PositionPoolingOperands operands, Tensor dy, Tensor dLogits, Tensor dValues, boolean accumulate) {
        Tensor values = operands.values();
        int rows = values.shape().rows();
        long products = device.scratch((long) Float.BYTES * rows);
        Operation toValues = device.operation(
                device.kernel(FAMILY, "position_pooling_values_backward", values.dtype()),
                LaunchShape.of(Packs.blocks(32L * rows, THREADS), THREADS),
                KernelArguments.of()
                        .pointer(device.address(operands.logits()))
                        .pointer(device.address(values))
                        .pointer(device.address(operands.allowed()))
                        .pointer(device.address(operands.logSumExp()))
                        .pointer(device.address(dy))
                        .int64(rows)
                        .int32(operands.length())
                        .int32(values.shape().width())
                        .int32(accumulate ? 1 : 0)
                        .pointer(products)
                        .pointer(device.address(dValues)));
        Operation toLogits = device.operation(
                device.kernel(FAMILY, "position_pooling_logits_backward", values.dtype()),
                LaunchShape.of(operands.batch(), THREADS),
                KernelArguments.of()
                        .pointer(device.address(operands.logits()))
                        .pointer(device.address(operands.allowed()))
                        .pointer(device.address(operands.logSumExp()))
                        .pointer(products)
                        .int32(operands.length())
                        .pointer(device.address(dLogits)));
        return toValues.then(toLogits);
    }
}
