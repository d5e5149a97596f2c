package org.jelectra.electra;

/**
 * Settings of the loss, {@code L = generatorWeight * MLM + discriminatorWeight * main}, where main is the loss of the main
 * network: replaced-token detection, or the prediction of tokens.
 *
 * @param generatorWeight weight of the masked-LM loss; with an adversarial generator that of its reward and of its baseline's loss
 * @param discriminatorWeight weight of the main network's loss
 * @param temperature divides the generator's logits before sampling
 * @param sampler how replacements are drawn
 */
public record LossOptions(float generatorWeight, float discriminatorWeight, float temperature, Sampler sampler) {

    /** ELECTRA's weights 1 and 50, temperature 1. */
    public static final LossOptions DEFAULT = new LossOptions(1, 50, 1, Sampler.MULTINOMIAL);

    /**
     * The defaults of an objective: the main network's loss has weight 50 where it is a binary one, which is far smaller than the
     * generator's, and 1 where it is a cross-entropy over the vocabulary like the generator's. Clark et al. 2020 give the 50, and
     * nothing for the others.
     */
    public static LossOptions of(Objective objective) {
        return objective.hasDiscriminator() || objective == Objective.MLM
                ? DEFAULT
                : new LossOptions(1, 1, 1, Sampler.MULTINOMIAL);
    }

    public LossOptions {
        if (!(temperature > 0 && Float.isFinite(temperature))) {
            throw new IllegalArgumentException("the temperature must be positive and finite, got " + temperature);
        }
        requireWeight("generator", generatorWeight);
        requireWeight("discriminator", discriminatorWeight);
    }

    private static void requireWeight(String network, float weight) {
        if (!(weight >= 0 && Float.isFinite(weight))) {
            throw new IllegalArgumentException(
                    "the weight of the " + network + "'s loss must be finite and not negative, got " + weight);
        }
    }

    /** These with another temperature. */
    public LossOptions withTemperature(float other) {
        return new LossOptions(generatorWeight, discriminatorWeight, other, sampler);
    }

    /**
     * Checks that a generator can learn by policy gradients, which are those of its distribution as it is.
     *
     * @throws IllegalArgumentException for another temperature than 1
     */
    public void requireForAdversarial() {
        if (temperature != 1) {
            throw new IllegalArgumentException("an adversarial generator samples at temperature 1, got " + temperature);
        }
    }
}
