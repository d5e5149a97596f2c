package org.jelectra.electra;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jelectra.nn.EncoderConfig;

/**
 * Named sizes with their training settings: Clark et al. 2020, Table 6, and for small++ the settings of the released model
 * (full-size generator, length 512, 4 million steps). The published ELECTRA-Small-OWT is small with OpenWebText for its text.
 *
 * <p>Tiny is ours: it must learn something visible on two processor cores while its user waits. What takes long is the time until
 * attention to neighbouring tokens begins to pay; before that both networks stay at the tokens' frequencies. It is meant to come
 * off that plateau early, hence two layers only, more tokens masked than in the paper, and a moderate learning rate. They were
 * found by trial; what each contributes was not measured.
 */
public enum Preset {
    TINY("tiny", 1000, 128, 128, 2, 4, 0.05f, 0, 0.25, 32, 32, 5e-4, 400, 4000, 0.25),
    SMALL("small", 0, 128, 256, 12, 4, 0.02f, 0.1f, 0.25, 128, 128, 5e-4, 10_000, 1_000_000, 0.15),
    SMALL_PLUS_PLUS("small++", 0, 128, 256, 12, 4, 0.02f, 0.1f, 1.0, 128, 512, 5e-4, 10_000, 4_000_000, 0.15),
    BASE("base", 0, 768, 768, 12, 12, 0.02f, 0.1f, 1.0 / 3, 256, 512, 2e-4, 10_000, 766_000, 0.15),
    LARGE("large", 0, 1024, 1024, 24, 16, 0.02f, 0.1f, 0.25, 2048, 512, 2e-4, 10_000, 400_000, 0.25);

    /** Differs from small in its text alone. */
    private static final String SMALL_OWT = "small-owt";

    private final String label;
    private final int vocabularySize;
    private final int embeddingSize;
    private final int hiddenSize;
    private final int layers;
    private final int heads;
    private final float initializerRange;
    private final float dropout;
    private final double generatorSize;
    private final int batchSize;
    private final int sequenceLength;
    private final double learningRate;
    private final int warmupSteps;
    private final int steps;
    private final double maskProbability;

    Preset(
            String label,
            int vocabularySize,
            int embeddingSize,
            int hiddenSize,
            int layers,
            int heads,
            float initializerRange,
            float dropout,
            double generatorSize,
            int batchSize,
            int sequenceLength,
            double learningRate,
            int warmupSteps,
            int steps,
            double maskProbability) {
        this.label = label;
        this.vocabularySize = vocabularySize;
        this.embeddingSize = embeddingSize;
        this.hiddenSize = hiddenSize;
        this.layers = layers;
        this.heads = heads;
        this.initializerRange = initializerRange;
        this.dropout = dropout;
        this.generatorSize = generatorSize;
        this.batchSize = batchSize;
        this.sequenceLength = sequenceLength;
        this.learningRate = learningRate;
        this.warmupSteps = warmupSteps;
        this.steps = steps;
        this.maskProbability = maskProbability;
    }

    /** The preset of that name, as in {@code --preset}; {@code small-owt} is another name of small. */
    public static Preset named(String name) {
        if (name.equalsIgnoreCase(SMALL_OWT)) {
            return SMALL;
        }
        for (Preset preset : values()) {
            if (preset.label.equals(name.toLowerCase(Locale.ROOT))) {
                return preset;
            }
        }
        throw new IllegalArgumentException("no preset is named '" + name + "'; there are "
                + Arrays.stream(values()).map(preset -> preset.label).collect(Collectors.joining(", "))
                + " (and small-owt, which is small)");
    }

    /** The preset whose training suits a discriminator of that hidden size: tiny up to 128, small up to 256, base up to 768, else large. */
    public static Preset ofHiddenSize(int hiddenSize) {
        for (Preset preset : new Preset[] {TINY, SMALL, BASE}) {
            if (hiddenSize <= preset.hiddenSize) {
                return preset;
            }
        }
        return LARGE;
    }

    /** Name as in {@code --preset}. */
    public String label() {
        return label;
    }

    /** The discriminator's sizes for a vocabulary: feed-forward 4 x hidden, 512 positions, dropout 0.1 (tiny: none). */
    public EncoderConfig encoder(int vocabularySize) {
        return new EncoderConfig(
                vocabularySize,
                embeddingSize,
                hiddenSize,
                layers,
                heads,
                4 * hiddenSize,
                512,
                2,
                dropout,
                dropout,
                1e-12f,
                initializerRange);
    }

    /** Tokens of the vocabulary that suit the model's size, see {@code VocabularySubset}; 0: a whole published vocabulary. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** The generator's hidden size as a fraction of the discriminator's. */
    public double generatorSize() {
        return generatorSize;
    }

    /** Sequences of a step. */
    public int batchSize() {
        return batchSize;
    }

    /** Tokens of a sequence. */
    public int sequenceLength() {
        return sequenceLength;
    }

    /** Nominal learning rate. */
    public double learningRate() {
        return learningRate;
    }

    /** Steps of linear warm-up. */
    public int warmupSteps() {
        return warmupSteps;
    }

    /** Steps of the run. */
    public int steps() {
        return steps;
    }

    /** Share of the tokens to predict. */
    public double maskProbability() {
        return maskProbability;
    }
}
