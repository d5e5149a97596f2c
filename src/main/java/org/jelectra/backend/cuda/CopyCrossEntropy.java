package org.jelectra.backend.cuda;

import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.Tensor;

/** The masked-LM loss of rows that may copy a token, and its gradients. Kernels: {@code kernels/copy_cross_entropy.cu}. */
final class CopyCrossEntropy {

    private final Device device;
    private final LossRows rows;

    CopyCrossEntropy(Device device) {
        this.device = device;
        rows = new LossRows(device, "copy_cross_entropy");
    }

    Operation forward(CopyCrossEntropyOperands operands) {
        return rows.forward("copy_cross_entropy", operands.logits(), arguments(operands));
    }

    /** {@link #forward} and {@link #backward} in one pass over the logits, with the same bits. */
    Operation withGradient(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        return rows.withGradient(
                "copy_cross_entropy_with_gradient",
                operands.logits(),
                arguments(operands).pointer(device.address(dGate)),
                scale);
    }

    private KernelArguments arguments(CopyCrossEntropyOperands operands) {
        int count = operands.logits().shape().rows();
        return rowArguments(operands)
                .pointer(device.address(operands.logSumExp()))
                .pointer(device.address(operands.correct()))
                .pointer(device.scratch((long) Float.BYTES * count))
                .int32(count)
                .pointer(device.address(operands.normalizer()))
                .pointer(device.counters())
                .pointer(device.address(operands.loss()));
    }

    private KernelArguments rowArguments(CopyCrossEntropyOperands operands) {
        return KernelArguments.of()
                .pointer(device.address(operands.logits()))
                .int32(operands.logits().shape().width())
                .pointer(device.address(operands.gate()))
                .pointer(device.address(operands.copied()))
                .pointer(device.address(operands.labels()))
                .pointer(device.address(operands.mask()));
    }

    Operation backward(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        return rows.backward(
                "copy_cross_entropy_backward",
                operands.logits(),
                rowArguments(operands)
                        .pointer(device.address(operands.logSumExp()))
                        .pointer(device.address(operands.normalizer()))
                        .pointer(device.address(dGate))
                        .float32(scale));
    }
}
