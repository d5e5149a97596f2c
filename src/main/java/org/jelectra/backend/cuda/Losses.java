package org.jelectra.backend.cuda;

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
    private static final int LOSS_THREADS = 512;
    private static final int LONG_ROW = 2048;

    private final Device device;

    Losses(Device device) {
        this.device = device;
    }

    /** Threads of a block that takes one row of that many words. */
    static int rowThreads(int vocabulary) {
        return vocabulary < LONG_ROW ? 128 : 512;
    }

    Operation crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor logSumExp,
            Tensor correct,
            Tensor loss) {
        int rows = logits.shape().rows();
        long terms = device.scratch(4L * rows);
        return rowLosses(
                "cross_entropy",
                logits,
                rowArguments(logits, labels, weights, logSumExp, correct, terms),
                terms,
                normalizer,
                loss);
    }

    /**
     * {@link #crossEntropy} and {@link Sampling#multinomial} of temperature 1 in one pass over the logits; the results of both
     * are the same bit for bit.
     */
    Operation crossEntropyAndSample(
            Tensor logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor logSumExp,
            Tensor correct,
            Tensor loss,
            Randomness randomness,
            Tensor sampled) {
        int rows = logits.shape().rows();
        long terms = device.scratch(4L * rows);
        KernelArguments arguments = rowArguments(logits, labels, weights, logSumExp, correct, terms)
                .pointer(CudaStorage.address(randomness.clock()))
                .int32(randomness.stream())
                .pointer(CudaStorage.address(sampled));
        return rowLosses("cross_entropy_and_sample", logits, arguments, terms, normalizer, loss);
    }

    private static KernelArguments rowArguments(
            Tensor logits, Tensor labels, Tensor weights, Tensor logSumExp, Tensor correct, long terms) {
        return KernelArguments.of()
                .pointer(CudaStorage.address(logits))
                .int32(logits.shape().width())
                .pointer(CudaStorage.address(labels))
                .pointer(CudaStorage.address(weights))
                .pointer(CudaStorage.address(logSumExp))
                .pointer(CudaStorage.address(correct))
                .pointer(terms);
    }

    /** A kernel that leaves each row's share of the loss in {@code terms}, and their sum. */
    private Operation rowLosses(
            String kernel, Tensor logits, KernelArguments arguments, long terms, Tensor normalizer, Tensor loss) {
        int rows = logits.shape().rows();
        Operation sum = device.operation(
                device.kernel(FAMILY, "cross_entropy_loss"),
                LaunchShape.of(1, LOSS_THREADS),
                KernelArguments.of()
                        .pointer(terms)
                        .int32(rows)
                        .pointer(CudaStorage.address(normalizer))
                        .pointer(CudaStorage.address(loss)));
        if (rows == 0) {
            return sum;
        }
        Operation each = device.operation(
                device.kernel(FAMILY, kernel, logits.dtype()),
                LaunchShape.of(rows, rowThreads(logits.shape().width())),
                arguments);
        return Device.sequence(each, sum);
    }

    Operation crossEntropyBackward(
            Tensor logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor logSumExp, float scale) {
        if (logits.size() == 0) {
            return () -> {};
        }
        return device.operation(
                device.kernel(FAMILY, "cross_entropy_backward", logits.dtype()),
                LaunchShape.of(logits.shape().rows(), rowThreads(logits.shape().width())),
                KernelArguments.of()
                        .pointer(CudaStorage.address(logits))
                        .int32(logits.shape().width())
                        .pointer(CudaStorage.address(labels))
                        .pointer(CudaStorage.address(weights))
                        .pointer(CudaStorage.address(normalizer))
                        .pointer(CudaStorage.address(logSumExp))
                        .float32(scale));
    }

    Operation sigmoidCrossEntropy(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor loss, Tensor counts) {
        int tokens = Math.toIntExact(logits.size());
        int blocks = Packs.blocks(tokens, TOKENS);
        return device.operation(
                device.kernel(FAMILY, "sigmoid_cross_entropy", logits.dtype()),
                LaunchShape.of(blocks, TOKEN_THREADS),
                KernelArguments.of()
                        .pointer(CudaStorage.address(logits))
                        .pointer(CudaStorage.address(labels))
                        .pointer(CudaStorage.address(mask))
                        .int32(tokens)
                        .pointer(CudaStorage.address(normalizer))
                        .pointer(device.scratch((long) TOKEN_SUMS_BYTES * blocks))
                        .pointer(device.counter())
                        .pointer(CudaStorage.address(loss))
                        .pointer(CudaStorage.address(counts)));
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
                        .pointer(CudaStorage.address(logits))
                        .pointer(CudaStorage.address(labels))
                        .pointer(CudaStorage.address(mask))
                        .pointer(CudaStorage.address(normalizer))
                        .float32(scale)
                        .pointer(CudaStorage.address(dLogits))
                        .int32(tokens));
    }
}
