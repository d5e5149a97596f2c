package org.jelectra.backend.cuda;

import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Sampling of replacement tokens from the generator's logits. Kernels: {@code kernels/sampling.cu}. */
final class Sampling {

    private static final String FAMILY = "sampling";
    /** Tokens of a block of the replacement, and its threads. */
    private static final int TILE = 1024;

    private static final int TILE_THREADS = 256;

    private final Device device;

    Sampling(Device device) {
        this.device = device;
    }

    Operation multinomial(Tensor logits, MultinomialDraw draw) {
        return drawn("sample_multinomial", logits, draw.temperature(), draw.randomness(), draw.sampled());
    }

    Operation gumbel(Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        if (uniforms == null) {
            return drawn("sample_gumbel", logits, temperature, randomness, sampled);
        }
        return perRow(
                "sample_gumbel_given",
                logits,
                arguments(logits, temperature).pointer(device.address(uniforms)).pointer(device.address(sampled)));
    }

    private Operation drawn(String kernel, Tensor logits, float temperature, Randomness randomness, Tensor sampled) {
        return perRow(
                kernel,
                logits,
                arguments(logits, temperature)
                        .pointer(device.address(randomness.clock()))
                        .int32(randomness.stream())
                        .pointer(device.address(sampled)));
    }

    private KernelArguments arguments(Tensor logits, float temperature) {
        return KernelArguments.of()
                .pointer(device.address(logits))
                .int32(logits.shape().width())
                .float32(1 / temperature);
    }

    /** One block for each row. */
    private Operation perRow(String kernel, Tensor logits, KernelArguments arguments) {
        int rows = logits.shape().rows();
        if (rows == 0) {
            return () -> {};
        }
        return device.operation(
                device.kernel(FAMILY, kernel, logits.dtype()),
                LaunchShape.of(rows, LossRows.threads(logits.shape().width())),
                arguments);
    }

    Operation replaceTokens(
            Tensor ids, Tensor indices, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        int tokens = Math.toIntExact(ids.size());
        if (tokens == 0) {
            return () -> {};
        }
        return device.operation(
                device.kernel(FAMILY, "replace_tokens"),
                LaunchShape.of(Packs.blocks(tokens, TILE), TILE_THREADS),
                KernelArguments.of()
                        .pointer(device.address(ids))
                        .int32(tokens)
                        .pointer(device.address(indices))
                        .pointer(device.address(weights))
                        .pointer(device.address(sampled))
                        .int32(Math.toIntExact(indices.size()))
                        .pointer(device.address(corrupted))
                        .pointer(device.address(labels)));
    }
}
