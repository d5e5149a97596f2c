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
                        .pointer(CudaStorage.address(x))
                        .pointer(CudaStorage.address(targets))
                        .pointer(CudaStorage.address(weights))
                        .int32(Math.toIntExact(x.size()))
                        .pointer(CudaStorage.address(normalizer))
                        .pointer(CudaStorage.address(loss))
                        .float32(scale)
                        .pointer(CudaStorage.address(dx)));
    }

    Operation spanCrossEntropy(SpanCrossEntropyOperands operands, float scale, Tensor dLogits) {
        Tensor logits = operands.logits();
        int batch = Math.toIntExact(operands.weights().size());
        int columns = logits.shape().width();
        return device.operation(
                device.kernel(FAMILY, "span_cross_entropy", logits.dtype()),
                LaunchShape.of(batch, THREADS).withShared(Float.BYTES * columns),
                KernelArguments.of()
                        .pointer(CudaStorage.address(logits))
                        .pointer(CudaStorage.address(operands.allowed()))
                        .pointer(CudaStorage.address(operands.targets()))
                        .pointer(CudaStorage.address(operands.weights()))
                        .int32(logits.shape().rows() / batch)
                        .int32(columns)
                        .pointer(CudaStorage.address(operands.normalizer()))
                        .pointer(device.scratch((long) Float.BYTES * batch))
                        .pointer(device.counters())
                        .pointer(CudaStorage.address(operands.loss()))
                        .float32(scale)
                        .pointer(CudaStorage.address(dLogits)));
    }
}
