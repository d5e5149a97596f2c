package org.jelectra.electra.flops;

import java.util.Locale;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;

/**
 * What trainings cost by the paper's conventions, see {@link EncoderFlops}: a backward pass counts as much as a forward pass, the
 * optimiser nothing. Figures compare with those of the paper, but not with what hardware does: for that there is
 * {@link StepFlops}.
 */
public final class PaperFlops {

    /** Tokens of the sequence that the paper's figures of inference are for. */
    public static final int FORWARD_LENGTH = 128;

    private PaperFlops() {}

    /**
     * A training of {@code steps} steps on {@code batch} sequences of {@code length} tokens. A frozen generator has no backward
     * pass; the baseline of an adversarial one, a single column, is not counted.
     */
    public static double training(ElectraConfig config, int batch, int length, double steps) {
        double sequences = 2.0 * batch * steps;
        double generator =
                sequences * EncoderFlops.of(config.generator(), length).maskedLanguageModel();
        if (config.generatorTraining() == GeneratorTraining.FROZEN) {
            generator /= 2;
        }
        return config.hasMainNetwork() ? sequences * mainNetwork(config, length) + generator : generator;
    }

    /** The paper's script has no rule for the heads that predict words: they count as that of masked-language modelling. */
    private static double mainNetwork(ElectraConfig config, int length) {
        EncoderFlops main = EncoderFlops.of(config.discriminator(), length);
        if (config.objective().hasDiscriminator()) {
            return main.discriminator();
        }
        if (config.objective() == Objective.ALL_TOKENS_MLM) {
            double gate = 2.0 * length * config.discriminator().hiddenSize();
            return main.with(length, 1).maskedLanguageModel() + gate;
        }
        return main.maskedLanguageModel();
    }

    /** Using the network that is kept on a sequence of {@link #FORWARD_LENGTH} tokens. */
    public static double forward(ElectraConfig config) {
        return EncoderFlops.of(config.hasMainNetwork() ? config.discriminator() : config.generator(), FORWARD_LENGTH)
                .discriminator();
    }

    /**
     * The whole steps that an amount of compute buys.
     *
     * @throws IllegalArgumentException if it is not enough for one step or has no end, or a step has no tokens
     */
    public static double steps(double flops, ElectraConfig config, int batch, int length) {
        if (batch < 1 || length < 1) {
            throw new IllegalArgumentException(
                    "the batch size and the sequence length must be positive, got " + batch + " and " + length);
        }
        double step = training(config, batch, length, 1);
        if (!(flops >= step && flops < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the number of FLOPs must be finite and at least that of one step, %.4g with %d x %d tokens, got %.4g",
                    step,
                    batch,
                    length,
                    flops));
        }
        return Math.floor(flops / step);
    }
}
