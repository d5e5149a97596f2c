package org.jelectra.electra.flops;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;

/**
 * Floating-point operations that a training step really does in matrix products (multiply-add = 2, backward = 2 x forward,
 * lookups free, logits at the positions alone that are predicted): the number behind FLOP/s. Everything else in a step is bound by memory.
 */
public final class StepFlops {

    private StepFlops() {}

    /**
     * One training step on {@code batch} sequences of {@code length} tokens with {@code slots} masked positions each. A frozen
     * generator has no backward pass; the baseline of an adversarial one, a single column, is not counted.
     */
    public static double training(ElectraConfig config, int batch, int length, int slots) {
        double both = 3 * forward(config, batch, length, slots);
        if (config.generatorTraining() != GeneratorTraining.FROZEN) {
            return both;
        }
        EncoderConfig generator = config.generator();
        ElectraConfig alone = new ElectraConfig(generator, generator, Sharing.NONE, Objective.MLM);
        return both - 2 * forward(alone, batch, length, slots);
    }

    /** One forward pass of both networks: {@link StepProducts}, and attention's products of queries, keys and values. */
    public static double forward(ElectraConfig config, int batch, int length, int slots) {
        double products = StepProducts.of(config, batch, length, slots).stream()
                .mapToDouble(product -> product.count() * product.flops())
                .sum();
        double attention = attention(config.generator(), batch, length);
        if (config.hasMainNetwork()) {
            attention += attention(config.discriminator(), batch, length);
        }
        return products + attention;
    }

    private static double attention(EncoderConfig config, double batch, double length) {
        return config.layers() * 4 * batch * length * length * config.hiddenSize();
    }
}
