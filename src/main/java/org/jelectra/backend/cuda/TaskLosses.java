package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Losses of fine-tuning, with their gradients. Kernels: {@code kernels/task_losses.cu}. */
final class TaskLosses {

    private static final String FAMILY = "task_losses";
    private static final int THREADS = 256;

    private final Device device;

    TaskLosses(Device device) {
        this.device = device;
    }

    Operation squaredError(
            Tensor x, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss, float scale, Tensor dx) {
        return device.operation(
                device.kernel(FAMILY, "squared_error", x.dtype()),
                LaunchShape.of(1, THREADS),
                KernelArguments.of()
                        .pointer(device.address(x))
                        .pointer(device.address(targets))
                        .pointer(device.address(weights))
                        .int32(Math.toIntExact(x.size()))
                        .pointer(device.address(normalizer))
                        .pointer(device.address(loss))
                        .float32(scale)
                        .pointer(device.address(dx)));
    }

    Operation spanCrossEntropy(SpanCrossEntropyOperands operands, float scale, Tensor dLogits) {
        Tensor logits = operands.logits();
        int batch = Math.toIntExact(operands.weights().size());
        int columns = logits.shape().width();
        return device.operation(
                device.kernel(FAMILY, "span_cross_entropy", logits.dtype()),
                LaunchShape.of(batch, THREADS).withShared(Float.BYTES * columns),
                KernelArguments.of()
                        .pointer(device.address(logits))
                        .pointer(device.address(operands.allowed()))
                        .pointer(device.address(operands.targets()))
                        .pointer(device.address(operands.weights()))
                        .int32(logits.shape().rows() / batch)
                        .int32(columns)
                        .pointer(device.address(operands.normalizer()))
                        .pointer(device.scratch((long) Float.BYTES * batch))
                        .pointer(device.counters())
                        .pointer(device.address(operands.loss()))
                        .float32(scale)
                        .pointer(device.address(dLogits)));
    }
}
