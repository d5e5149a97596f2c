package org.jelectra.backend.cuda;

import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
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

    Operation crossEntropy(CrossEntropyOperands operands) {
        return lossRows.forward("cross_entropy", operands.logits(), rowArguments(operands));
    }

    /**
     * {@link #crossEntropy} and {@link Sampling#multinomial} of temperature 1 in one pass over the logits; the results of both
     * are the same bit for bit.
     */
    Operation crossEntropyAndSample(CrossEntropyOperands operands, Randomness randomness, Tensor sampled) {
        return lossRows.forward(
                "cross_entropy_and_sample",
                operands.logits(),
                rowArguments(operands)
                        .pointer(device.address(randomness.clock()))
                        .int32(randomness.stream())
                        .pointer(device.address(sampled)));
    }

    /** {@link #crossEntropy} and {@link #crossEntropyBackward} in one pass over the logits, with the same bits. */
    Operation crossEntropyWithGradient(CrossEntropyOperands operands, float scale) {
        return lossRows.withGradient("cross_entropy_with_gradient", operands.logits(), rowArguments(operands), scale);
    }

    /** {@link #crossEntropyAndSample} and {@link #crossEntropyBackward} in one pass over the logits, with the same bits. */
    Operation crossEntropyAndSampleWithGradient(
            CrossEntropyOperands operands, Randomness randomness, Tensor sampled, float scale) {
        return lossRows.withGradient(
                "cross_entropy_and_sample_with_gradient",
                operands.logits(),
                rowArguments(operands)
                        .pointer(device.address(randomness.clock()))
                        .int32(randomness.stream())
                        .pointer(device.address(sampled)),
                scale);
    }

    private KernelArguments rowArguments(CrossEntropyOperands operands) {
        Tensor logits = operands.logits();
        int rows = logits.shape().rows();
        return KernelArguments.of()
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

    Operation sigmoidCrossEntropy(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor loss, Tensor counts) {
        return tokens("sigmoid_cross_entropy", logits, tokenArguments(logits, labels, mask, normalizer, loss, counts));
    }

    /** {@link #sigmoidCrossEntropy} and {@link #sigmoidCrossEntropyBackward} in one pass, with the same bits. */
    Operation sigmoidCrossEntropyWithGradient(
            Tensor logits,
            Tensor labels,
            Tensor mask,
            Tensor normalizer,
            Tensor loss,
            Tensor counts,
            float scale,
            Tensor dLogits) {
        return tokens(
                "sigmoid_cross_entropy_with_gradient",
                logits,
                tokenArguments(logits, labels, mask, normalizer, loss, counts)
                        .float32(scale)
                        .pointer(device.address(dLogits)));
    }

    private KernelArguments tokenArguments(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor loss, Tensor counts) {
        return KernelArguments.of()
                .pointer(device.address(logits))
                .pointer(device.address(labels))
                .pointer(device.address(mask))
                .int32(Math.toIntExact(logits.size()))
                .pointer(device.address(normalizer))
                .pointer(device.scratch((long) TOKEN_SUMS_BYTES * tokenBlocks(logits)))
                .pointer(device.counters())
                .pointer(device.address(loss))
                .pointer(device.address(counts));
    }

    private Operation tokens(String kernel, Tensor logits, KernelArguments arguments) {
        return device.operation(
                device.kernel(FAMILY, kernel, logits.dtype()),
                LaunchShape.of(tokenBlocks(logits), TOKEN_THREADS),
                arguments);
    }

    private static int tokenBlocks(Tensor logits) {
        return Packs.blocks(Math.toIntExact(logits.size()), TOKENS);
    }

    Operation sigmoidCrossEntropyBackward(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, float scale, Tensor dLogits) {
        int tokens = Math.toIntExact(logits.size());
        if (tokens == 0) {
            return () -> {};
        }
        return device.operation(
                device.kernel(FAMILY, "sigmoid_cross_entropy_backward", logits.dtype()),
                LaunchShape.of((tokens + TOKEN_THREADS - 1) / TOKEN_THREADS, TOKEN_THREADS),
                KernelArguments.of()
                        .pointer(device.address(logits))
                        .pointer(device.address(labels))
                        .pointer(device.address(mask))
                        .pointer(device.address(normalizer))
                        .float32(scale)
                        .pointer(device.address(dLogits))
                        .int32(tokens));
    }
}
