package org.jelectra.backend.cuda;

import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** The two losses of ELECTRA and their gradients. Kernels: {@code kernels/losses.cu}. */
final class Losses {

    private static final String FAMILY = "losses";
    /** Tokens of a block of the per-token loss, its threads, and bytes of what it finds. */
    private static final int TOKENS = 1024;

    private static final int TOKEN_THREADS = 256;
    private static final int TOKEN_SUMS_BYTES = 16;

    private final Device device;
    private final LossRows lossRows;

    Losses(Device device) {
        this.device = device;
        lossRows = new LossRows(device, FAMILY);
    }

    /**
     * Loss, and {@link Sampling#multinomial}, in one pass over the logits; the results of both are the same bit for bit.
     *
     * @param draw of temperature 1, or null for none
     */
    Operation crossEntropy(CrossEntropyOperands operands, MultinomialDraw draw) {
        return lossRows.forward(
                draw == null ? "cross_entropy" : "cross_entropy_and_sample",
                operands.logits(),
                rowArguments(operands, draw));
    }

    /** {@link #crossEntropy} and {@link #crossEntropyBackward} in one pass over the logits, with the same bits. */
    Operation crossEntropyWithGradient(CrossEntropyOperands operands, MultinomialDraw draw, float scale) {
        return lossRows.withGradient(
                draw == null ? "cross_entropy_with_gradient" : "cross_entropy_and_sample_with_gradient",
                operands.logits(),
                rowArguments(operands, draw),
                scale);
    }

    private KernelArguments rowArguments(CrossEntropyOperands operands, MultinomialDraw draw) {
        Tensor logits = operands.logits();
        int rows = logits.shape().rows();
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(logits))
                .int32(logits.shape().width())
                .pointer(device.address(operands.labels()))
                .pointer(device.address(operands.weights()))
                .pointer(device.address(operands.logSumExp()))
                .pointer(device.address(operands.correct()))
                .pointer(device.scratch(4L * rows))
                .int32(rows)
                .pointer(device.address(operands.normalizer()))
                .pointer(device.counters())
                .pointer(device.address(operands.loss()));
        if (draw != null) {
            arguments
                    .pointer(device.address(draw.randomness().clock()))
                    .int32(draw.randomness().stream())
                    .pointer(device.address(draw.sampled()));
        }
        return arguments;
    }

    Operation crossEntropyBackward(CrossEntropyOperands operands, float scale) {
        Tensor logits = operands.logits();
        return lossRows.backward(
                "cross_entropy_backward",
                logits,
                KernelArguments.of()
                        .pointer(device.address(logits))
                        .int32(logits.shape().width())
                        .pointer(device.address(operands.labels()))
                        .pointer(device.address(operands.weights()))
                        .pointer(device.address(operands.normalizer()))
                        .pointer(device.address(operands.logSumExp()))
                        .float32(scale));
    }

    Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits) {
        Tensor logits = operands.logits();
        int tokens = Math.toIntExact(logits.size());
        int blocks = Packs.blocks(tokens, TOKENS);
        KernelArguments arguments = KernelArguments.of()
                .pointer(device.address(logits))
                .pointer(device.address(operands.labels()))
                .pointer(device.address(operands.mask()))
                .int32(tokens)
                .pointer(device.address(operands.normalizer()))
                .pointer(device.scratch((long) TOKEN_SUMS_BYTES * blocks))
                .pointer(device.counters())
                .pointer(device.address(operands.loss()))
                .pointer(device.address(operands.counts()));
        String kernel = "sigmoid_cross_entropy";
        if (dLogits != null) {
            kernel = "sigmoid_cross_entropy_with_gradient";
            arguments.float32(scale).pointer(device.address(dLogits));
        }
        return device.operation(
                device.kernel(FAMILY, kernel, logits.dtype()), LaunchShape.of(blocks, TOKEN_THREADS), arguments);
    }
}
