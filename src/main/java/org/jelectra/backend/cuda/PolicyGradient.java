package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.tensor.Tensor;

/** The gradient that an adversarial generator learns by. Kernels: {@code kernels/policy_gradient.cu}. */
final class PolicyGradient {

    private final Device device;
    private final LossRows rows;

    PolicyGradient(Device device) {
        this.device = device;
        rows = new LossRows(device, "policy_gradient");
    }

    /** @param dBaseline null for no gradients */
    Operation learn(PolicyGradientOperands operands, float scale, Tensor dBaseline) {
        int count = operands.logits().shape().rows();
        return rows.forward(
                "policy_gradient",
                operands.logits(),
                KernelArguments.of()
                        .pointer(device.address(operands.logits()))
                        .int32(operands.logits().shape().width())
                        .pointer(device.address(operands.logSumExp()))
                        .pointer(device.address(operands.sampled()))
                        .pointer(device.address(operands.labels()))
                        .pointer(device.address(operands.weights()))
                        .pointer(device.address(operands.rows()))
                        .pointer(device.address(operands.discriminatorLogits()))
                        .int32(Math.toIntExact(operands.discriminatorLogits().size()))
                        .pointer(device.address(operands.baseline()))
                        .pointer(device.scratch(2L * Float.BYTES * count))
                        .int32(count)
                        .pointer(device.address(operands.normalizer()))
                        .pointer(device.counters())
                        .pointer(device.address(operands.reward()))
                        .pointer(device.address(operands.baselineLoss()))
                        .float32(scale)
                        .pointer(device.address(dBaseline)));
    }
}
