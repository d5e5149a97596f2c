package org.jelectra.pretrain;

import com.google.gson.annotations.SerializedName;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.electra.flops.ParameterCounts;
import org.jelectra.text.batch.MaskingOptions;

/**
 * Everything that determines a run, besides its text.
 *
 * @param model sizes of the networks
 * @param losses their weights, and sampling; {@code objective} in files
 * @param masking which tokens are predicted
 * @param batchSize sequences of a step
 * @param microBatches parts that a step's batch is computed in, one after the other; divides the batch size. The result is that
 *     of one batch up to rounding, with a fraction of the memory
 * @param sequenceLength tokens of a sequence, [CLS] and [SEP] included
 * @param steps length of the run; the learning rate falls to 0 at its end
 * @param learningRate nominal rate
 * @param warmupSteps steps of linear warm-up
 * @param weightDecay decay of all weights but biases and LayerNorm parameters
 * @param seed of initial weights, order, masking, dropout and sampling
 * @param logEvery steps between logged metrics
 * @param evaluateEvery steps between evaluations on the held-out text; the last step is always evaluated
 * @param evaluationSequences most held-out sequences of one evaluation, evenly spaced
 */
public record PretrainSettings(
        ElectraConfig model,
        @SerializedName("objective") LossOptions losses,
        MaskingOptions masking,
        int batchSize,
        int microBatches,
        int sequenceLength,
        int steps,
        double learningRate,
        double warmupSteps,
        double weightDecay,
        long seed,
        int logEvery,
        int evaluateEvery,
        int evaluationSequences) {

    /**
     * Tokens of what is computed at once: more than any device has memory for; a slip of the hand far beyond it would overflow what
     * counts elements.
     */
    public static final int MOST_TOKENS = 1 << 26;

    private static final String PARTS = "number of micro-batches (--accumulate)";

    /** The results of each part are kept until the step has ended. */
    private static final int MOST_PARTS = 1 << 16;

    public PretrainSettings {
        requireParts(batchSize, microBatches, sequenceLength);
        positive("number of steps", steps);
        positive("interval of logging", logEvery);
        positive("interval of evaluation", evaluateEvery);
        positive("number of evaluation sequences", evaluationSequences);
        if (microBatches > MOST_PARTS) {
            throw new IllegalArgumentException(
                    "the " + PARTS + " must be at most " + MOST_PARTS + ", got " + microBatches);
        }
        int positions =
                Math.min(model.generator().maxPositions(), model.discriminator().maxPositions());
        if (sequenceLength > positions) {
            throw new IllegalArgumentException("the sequence length must not exceed the model's positions, got "
                    + sequenceLength + " and " + positions);
        }
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new IllegalArgumentException("the learning rate must be positive and finite, got " + learningRate);
        }
        if (model.generatorTraining() == GeneratorTraining.ADVERSARIAL) {
            losses.requireForAdversarial();
            if (masking.referenceCompatible()) {
                throw new IllegalArgumentException(
                        "an adversarial generator needs distinct masked positions, where each"
                                + " sampled token is judged; got masked positions drawn with replacement");
            }
        }
        long parameters = ParameterCounts.trained(model);
        if (parameters > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a model must have at most " + Integer.MAX_VALUE + " parameters, got "
                    + parameters + "; choose smaller sizes");
        }
        notNegative("number of warm-up steps", warmupSteps);
        notNegative("weight decay", weightDecay);
    }

    /**
     * Checks batches that are computed in parts, in fine-tuning too.
     *
     * @param length of the longest sequences
     * @throws IllegalArgumentException if they cannot be divided so, or a part has more than {@link #MOST_TOKENS}
     */
    public static void requireParts(int batchSize, int parts, int length) {
        positive("batch size", batchSize);
        positive(PARTS, parts);
        if (batchSize % parts != 0) {
            int next = parts;
            while (next < batchSize && batchSize % next != 0) {
                next++;
            }
            throw new IllegalArgumentException("the batch size must be divisible by the " + PARTS + ", got " + batchSize
                    + " and " + parts + "; " + Math.min(next, batchSize) + " fits");
        }
        long atOnce = (long) batchSize / parts * length;
        if (atOnce > MOST_TOKENS) {
            throw new IllegalArgumentException(
                    "a batch, or the part of it that is computed at once (--accumulate), must have"
                            + " at most " + MOST_TOKENS + " tokens, got " + atOnce + ", " + batchSize / parts
                            + " sequences of " + length);
        }
    }

    /** Files of settings are JSON, which has no infinity. */
    private static void notNegative(String what, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException("the " + what + " must be finite and not negative, got " + value);
        }
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + what + " must be positive, got " + value);
        }
    }

    /** A preset's settings for a vocabulary of that size, seed 1. */
    public static PretrainSettings of(Preset preset, int vocabularySize) {
        return of(preset, vocabularySize, Objective.ELECTRA);
    }

    /** The same with another objective. */
    public static PretrainSettings of(Preset preset, int vocabularySize, Objective objective) {
        ElectraConfig model = ElectraConfig.of(
                preset.encoder(vocabularySize), preset.generatorSize(), 1, Sharing.EMBEDDINGS, objective);
        return new PretrainSettings(
                model,
                LossOptions.of(objective),
                MaskingOptions.standard(preset.maskProbability()),
                preset.batchSize(),
                1,
                preset.sequenceLength(),
                preset.steps(),
                preset.learningRate(),
                preset.warmupSteps(),
                0.01,
                1,
                interval(preset.steps(), 100, 1),
                interval(preset.steps(), 10, 50),
                512);
    }

    /**
     * These settings with another length of the run: the warm-up is at most a tenth of it, and the intervals of logging and evaluation a
     * hundredth and a tenth of it, at most 1,000 (at least 1 and 50).
     */
    public PretrainSettings withSteps(int newSteps) {
        return copy(
                batchSize,
                microBatches,
                sequenceLength,
                newSteps,
                Math.min(warmupSteps, newSteps / 10.0),
                seed,
                interval(newSteps, 100, 1),
                interval(newSteps, 10, 50));
    }

    /** These settings without an end and without evaluations before it. */
    public PretrainSettings endless() {
        return copy(
                batchSize,
                microBatches,
                sequenceLength,
                Integer.MAX_VALUE,
                warmupSteps,
                seed,
                logEvery,
                Integer.MAX_VALUE);
    }

    /** These settings with other batches. */
    public PretrainSettings withBatch(int newBatchSize, int newMicroBatches, int newSequenceLength) {
        return copy(
                newBatchSize, newMicroBatches, newSequenceLength, steps, warmupSteps, seed, logEvery, evaluateEvery);
    }

    /** These settings with another seed. */
    public PretrainSettings withSeed(long newSeed) {
        return copy(batchSize, microBatches, sequenceLength, steps, warmupSteps, newSeed, logEvery, evaluateEvery);
    }

    /** These settings with others of those that a method above changes. */
    private PretrainSettings copy(
            int newBatchSize,
            int newMicroBatches,
            int newSequenceLength,
            int newSteps,
            double newWarmupSteps,
            long newSeed,
            int newLogEvery,
            int newEvaluateEvery) {
        return new PretrainSettings(
                model,
                losses,
                masking,
                newBatchSize,
                newMicroBatches,
                newSequenceLength,
                newSteps,
                learningRate,
                newWarmupSteps,
                weightDecay,
                newSeed,
                newLogEvery,
                newEvaluateEvery,
                evaluationSequences);
    }

    /** About {@code count} intervals in a run, of {@code least} to 1000 steps each. */
    private static int interval(int steps, int count, int least) {
        return Math.max(least, Math.min(1000, steps / count));
    }

    /** Prediction slots per sequence. */
    public int slots() {
        return masking.maxPredictions(sequenceLength);
    }
}
