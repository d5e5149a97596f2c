package org.jelectra.finetune;

/**
 * Hyper-parameters of a fine-tuning run; {@link #defaults} has those of the paper's Table 7.
 *
 * @param learningRate peak of the schedule before layer-wise decay
 * @param layerDecay factor of the learning rate from one layer to the one below
 * @param weightDecay decoupled weight decay
 * @param epochs passes over the training examples, may be fractional
 * @param warmup share of the steps in which the rate rises
 * @param batchSize examples a step
 * @param maxLength longest sequence in tokens; longer text is cut
 * @param reduction sum or mean of the examples' losses
 * @param evaluationsPerEpoch how often the development set is measured in each epoch, at least once
 * @param seed of the head's initial weights, the order of the examples and dropout
 */
public record FineTuneSettings(
        double learningRate,
        double layerDecay,
        double weightDecay,
        double epochs,
        double warmup,
        int batchSize,
        int maxLength,
        Reduction reduction,
        int evaluationsPerEpoch,
        long seed) {

    public FineTuneSettings {
        if (!(learningRate > 0) || !(layerDecay > 0 && layerDecay <= 1) || !(weightDecay >= 0)) {
            throw new IllegalArgumentException(
                    "the learning rate must be positive, the layer decay in (0, 1] and the weight"
                            + " decay not negative, got " + learningRate + ", " + layerDecay + " and " + weightDecay);
        }
        if (!(epochs > 0) || !(warmup >= 0 && warmup < 1)) {
            throw new IllegalArgumentException(
                    "epochs must be positive and the warm-up a share in [0, 1), got " + epochs + " and " + warmup);
        }
        if (batchSize < 1 || maxLength < 4 || evaluationsPerEpoch < 1) {
            throw new IllegalArgumentException(
                    "the batch and the evaluations an epoch must be at least 1 and sequences at"
                            + " least 4 tokens, got " + batchSize + ", " + evaluationsPerEpoch + " and " + maxLength);
        }
    }

    /**
     * The paper's values for a model of the given width: rate 3e-4 up to 256 (small), 1e-4 up to 768 (base), else 5e-5; layer
     * decay 0.8, for large models 0.9.
     */
    public static FineTuneSettings defaults(int hiddenSize, double epochs, int maxLength, long seed) {
        double rate = hiddenSize <= 256 ? 3e-4 : hiddenSize <= 768 ? 1e-4 : 5e-5;
        double decay = hiddenSize <= 768 ? 0.8 : 0.9;
        return new FineTuneSettings(rate, decay, 0.01, epochs, 0.1, 32, maxLength, Reduction.SUM, 1, seed);
    }

    /** The same with another seed. */
    public FineTuneSettings withSeed(long newSeed) {
        return new FineTuneSettings(
                learningRate,
                layerDecay,
                weightDecay,
                epochs,
                warmup,
                batchSize,
                maxLength,
                reduction,
                evaluationsPerEpoch,
                newSeed);
    }

    /** Steps of an epoch over that many examples; the last batch may be smaller than the others. */
    public int stepsPerEpoch(int examples) {
        return (examples + batchSize - 1) / batchSize;
    }

    /** Steps of the run, at least one. */
    public int steps(int examples) {
        return (int) Math.max(1, Math.floor(stepsPerEpoch(examples) * epochs));
    }
}
