package org.jelectra.finetune;

import java.util.Locale;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.PretrainSettings;

/**
 * Hyper-parameters of a fine-tuning run; {@link #defaults} has those of the paper's Table 7, but for the weight decay: 0.01, as in
 * the original code, where the table has 0.
 *
 * @param learningRate nominal rate before layer-wise decay; the highest rate is {@code 1 - warmup} of it, see {@link
 *     org.jelectra.optim.LearningRateSchedule}
 * @param layerDecay factor of the learning rate from one layer to the one below
 * @param layerDecayCompatible whether the last layer is decayed twice, as in the original code, or once; see {@link
 *     org.jelectra.electra.heads.EncoderWithHead#layerwiseRates}
 * @param weightDecay decoupled weight decay
 * @param epochs passes over the training examples, may be fractional
 * @param warmup share of the steps in which the rate rises
 * @param batchSize examples a step
 * @param microBatches parts that a step's batch is computed in, one after the other; divides the batch size. The result is that
 *     of one batch up to rounding, dropout included, with less memory
 * @param maxLength longest sequence in tokens; longer text is cut
 * @param reduction sum or mean of the examples' losses
 * @param evaluationsPerEpoch how often the development set is measured in each epoch, at least once
 * @param frozenLayers layers from the first on that are not trained, nor are the embeddings: 0 for the embeddings alone; null for nothing
 * @param seed of the head's initial weights, the order of the examples and dropout
 */
public record FineTuneSettings(
        double learningRate,
        double layerDecay,
        boolean layerDecayCompatible,
        double weightDecay,
        double epochs,
        double warmup,
        int batchSize,
        int microBatches,
        int maxLength,
        Reduction reduction,
        int evaluationsPerEpoch,
        Integer frozenLayers,
        long seed) {

    /** What is said of a length that no option raises. */
    public static final String LONGEST = ", the longest the model reads";

    public FineTuneSettings {
        require(learningRate > 0, "the learning rate must be positive", learningRate);
        require(Double.isFinite(learningRate), "the learning rate must be finite", learningRate);
        require(layerDecay > 0 && layerDecay <= 1, "the layer decay must be in (0, 1]", layerDecay);
        require(weightDecay >= 0, "the weight decay must not be negative", weightDecay);
        require(Double.isFinite(weightDecay), "the weight decay must be finite", weightDecay);
        require(epochs > 0, "the number of epochs must be positive", epochs);
        require(Double.isFinite(epochs), "the number of epochs must be finite", epochs);
        require(warmup >= 0 && warmup < 1, "the share of the warm-up must be in [0, 1)", warmup);
        PretrainSettings.requireParts(batchSize, microBatches, maxLength);
        require(maxLength >= 4, "sequences must have at least 4 tokens", maxLength);
        require(evaluationsPerEpoch >= 1, "the number of evaluations per epoch must be positive", evaluationsPerEpoch);
        require(
                frozenLayers == null || frozenLayers >= 0,
                "the number of frozen layers must not be negative",
                frozenLayers);
    }

    private static void require(boolean holds, String expected, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(expected + ", got " + value);
        }
    }

    /**
     * The values for a model of the given width: rate 3e-4 up to 256 (small), 1e-4 up to 768 (base), else 5e-5; layer
     * decay 0.8, for large models 0.9, by the paper; weight decay 0.01 and the sum of the losses, as in the original code.
     */
    public static FineTuneSettings defaults(int hiddenSize, double epochs, int maxLength, long seed) {
        double rate = hiddenSize <= 256 ? 3e-4 : hiddenSize <= 768 ? 1e-4 : 5e-5;
        double decay = hiddenSize <= 768 ? 0.8 : 0.9;
        return new FineTuneSettings(
                rate, decay, true, 0.01, epochs, 0.1, 32, 1, maxLength, Reduction.SUM, 1, null, seed);
    }

    /** The same with another seed. */
    public FineTuneSettings withSeed(long newSeed) {
        return new FineTuneSettings(
                learningRate,
                layerDecay,
                layerDecayCompatible,
                weightDecay,
                epochs,
                warmup,
                batchSize,
                microBatches,
                maxLength,
                reduction,
                evaluationsPerEpoch,
                frozenLayers,
                newSeed);
    }

    /** The longest sequence, for a warning, with the option that raises it where one does. */
    public String limit(EncoderConfig config) {
        boolean longest = maxLength >= config.maxPositions();
        return String.format(Locale.ROOT, "%,d tokens%s", maxLength, longest ? LONGEST : " (--max-length)");
    }

    /** Examples that are computed at once. */
    public int microBatchSize() {
        return batchSize / microBatches;
    }

    /** Steps of an epoch over that many examples; the last batch may be smaller than the others. */
    public int stepsPerEpoch(int examples) {
        return (int) (((long) examples + batchSize - 1) / batchSize);
    }

    /**
     * Steps of the run, at least one.
     *
     * @throws IllegalArgumentException if there are too many epochs to count the steps
     */
    public int steps(int examples) {
        double steps = Math.max(1, Math.floor(stepsPerEpoch(examples) * epochs));
        require(steps <= Integer.MAX_VALUE, "a run must have at most " + Integer.MAX_VALUE + " steps", steps);
        return (int) steps;
    }
}
