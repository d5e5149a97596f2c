package org.jelectra.electra;

import java.util.Objects;
import org.jelectra.nn.EncoderConfig;

/**
 * Sizes of both networks.
 *
 * @param discriminator the encoder of the main network, which is kept; with {@link Objective#MLM} nothing is built from it
 * @param generator the encoder that proposes replacements; with {@link Objective#MLM} the encoder that is kept
 * @param sharing what the generator shares
 * @param objective what is trained
 * @param generatorTraining how the generator learns beside another network
 */
public record ElectraConfig(
        EncoderConfig discriminator,
        EncoderConfig generator,
        Sharing sharing,
        Objective objective,
        GeneratorTraining generatorTraining) {

    public ElectraConfig {
        Objects.requireNonNull(generatorTraining, "generatorTraining is missing");
        boolean possible = switch (generatorTraining) {
            case MLE -> true;
            case ADVERSARIAL -> objective.hasDiscriminator();
            case FROZEN -> objective.hasMainNetwork();
        };
        if (!possible) {
            throw new IllegalArgumentException("generator training " + generatorTraining + " needs a "
                    + (generatorTraining == GeneratorTraining.ADVERSARIAL ? "discriminator" : "network")
                    + " beside the generator, got objective " + objective);
        }
        if (generatorTraining == GeneratorTraining.FROZEN && sharing != Sharing.NONE) {
            throw new IllegalArgumentException(
                    "a frozen generator shares nothing with the discriminator, whose training"
                            + " would change it: expected sharing " + Sharing.NONE + ", got " + sharing);
        }
    }

    /** Sizes with a generator that learns by maximum likelihood. */
    public ElectraConfig(EncoderConfig discriminator, EncoderConfig generator, Sharing sharing, Objective objective) {
        this(discriminator, generator, sharing, objective, GeneratorTraining.MLE);
    }

    /**
     * Derives the generator as the official code does: hidden size, feed-forward size and heads scaled (feed-forward 4 x hidden,
     * heads of 64), depth scaled separately.
     *
     * @param generatorSize fraction of the discriminator's hidden size
     * @param generatorLayers fraction of the discriminator's layers
     */
    public static ElectraConfig of(
            EncoderConfig encoder, double generatorSize, double generatorLayers, Sharing sharing, Objective objective) {
        if (!(generatorSize > 0) || !(generatorLayers > 0)) {
            throw new IllegalArgumentException("the generator's size and depth must be positive fractions, got "
                    + generatorSize + " and " + generatorLayers);
        }
        if (sharing == Sharing.ALL || objective == Objective.MLM) {
            return new ElectraConfig(encoder, encoder, sharing, objective);
        }
        int hidden = (int) Math.rint(encoder.hiddenSize() * generatorSize);
        int layers = Math.max(1, (int) Math.rint(encoder.layers() * generatorLayers));
        int heads = generatorHeads(hidden);
        if (hidden < 1 || hidden % heads != 0) {
            throw new IllegalArgumentException("a generator of size " + generatorSize + " has hidden size " + hidden
                    + ", which cannot be divided among its " + heads + " heads; choose another size");
        }
        EncoderConfig generator = new EncoderConfig(
                encoder.vocabularySize(),
                sharing == Sharing.NONE ? hidden : encoder.embeddingSize(),
                hidden,
                layers,
                heads,
                4 * hidden,
                encoder.maxPositions(),
                encoder.tokenTypes(),
                encoder.hiddenDropout(),
                encoder.attentionDropout(),
                encoder.layerNormEpsilon(),
                encoder.initializerRange());
        return new ElectraConfig(encoder, generator, sharing, objective);
    }

    /** Heads of a generator of that width: of 64 values each, or some more. */
    public static int generatorHeads(int hiddenSize) {
        return Math.max(1, hiddenSize / 64);
    }

    /** The same with another training of the generator. */
    public ElectraConfig withGeneratorTraining(GeneratorTraining training) {
        return new ElectraConfig(discriminator, generator, sharing, objective, training);
    }

    /** Whether there is a main network beside the generator. */
    public boolean hasMainNetwork() {
        return objective.hasMainNetwork();
    }
}
