package org.jelectra.electra;

import org.jelectra.nn.EncoderConfig;

/**
 * Floating-point operations that a training step really does in matrix products (multiply-add = 2, backward = 2 x forward,
 * lookups free, logits at the masked positions alone): the number behind FLOP/s. Everything else in a step is bound by memory.
 */
public final class StepFlops {

    private StepFlops() {}

    /** One training step on {@code batch} sequences of {@code length} tokens with {@code slots} masked positions each. */
    public static double training(ElectraConfig config, int batch, int length, int slots) {
        return 3 * forward(config, batch, length, slots);
    }

    /** One forward pass of both networks. */
    public static double forward(ElectraConfig config, int batch, int length, int slots) {
        EncoderConfig generator = config.generator();
        double perSlot = 2.0 * generator.embeddingSize() * (generator.hiddenSize() + generator.vocabularySize());
        double flops = encoder(generator, length) + slots * perSlot;
        if (config.hasDiscriminator()) {
            double hidden = config.discriminator().hiddenSize();
            flops += encoder(config.discriminator(), length) + 2.0 * length * hidden * (hidden + 1);
        }
        return batch * flops;
    }

    /** Forward pass of an encoder on one sequence. */
    private static double encoder(EncoderConfig config, double length) {
        double hidden = config.hiddenSize();
        double layer = length * 2 * hidden * (4 * hidden + 2.0 * config.intermediateSize() + 2 * length);
        double projection = config.projectsEmbeddings() ? length * 2 * hidden * config.embeddingSize() : 0;
        return config.layers() * layer + projection;
    }
}
