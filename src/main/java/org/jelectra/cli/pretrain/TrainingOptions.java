package org.jelectra.cli.pretrain;

import org.jelectra.cli.data.ReplacementOptions;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.pretrain.PretrainSettings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Length, batches, objective and optimiser of a run; what is not given comes from the preset. */
final class TrainingOptions {

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description =
                    "Length of the run. Unless they are given, the warm-up is at most a tenth of it, and the intervals of logging and"
                            + " evaluation a hundredth and a tenth of it, at most 1,000.")
    private Integer maxSteps;

    @Option(
            names = "--max-epochs",
            paramLabel = "N",
            description = "Length of the run in passes over the text; with --max-steps too, the shorter one counts.")
    private Double maxEpochs;

    @Option(
            names = "--max-flops",
            paramLabel = "F",
            description = "Length of the run in training FLOPs as 'jelectra flops' counts them, such as 1e15; with"
                    + " --max-steps or --max-epochs too, the shortest one counts.")
    private Double maxFlops;

    @Option(
            names = "--fit-hours",
            paramLabel = "N",
            description =
                    "Length of the run in hours of training on this machine, evaluations counted, so that the learning"
                            + " rate has fallen to 0 at their end: some steps are rehearsed for about 15 seconds, and the number of"
                            + " steps that fit becomes the run's --max-steps, which a resumed run and one --like it keep. Not with"
                            + " other lengths.")
    private Double fitHours;

    @Option(
            names = "--max-hours",
            paramLabel = "N",
            description =
                    "End the run after so many hours of training, interruptions not counted. The learning rate still"
                            + " follows the steps, unlike with --fit-hours; the run can be resumed with a larger number.")
    private Double maxHours;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a step.")
    private Integer batch;

    @Option(
            names = "--accumulate",
            paramLabel = "N",
            description =
                    "Compute each batch in N parts, in less memory; the result is the same up to rounding. Default: 1.")
    private int accumulate = 1;

    @Option(names = "--sequence-length", paramLabel = "N", description = "Tokens of a sequence.")
    private Integer sequenceLength;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides all random numbers: the same seed gives the same model, bit for bit. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description =
                    "Nominal learning rate. Warm-up and linear decay are multiplied, as in the original: the highest"
                            + " rate of the run is (1 - warm-up steps / steps) of it, for a warm-up of at most half the run.")
    private Double learningRate;

    @Option(
            names = "--warmup-steps",
            paramLabel = "N",
            description =
                    "Steps in which the rate rises, while the decay already lowers it. Default: the preset's, at most a"
                            + " tenth of the steps where a length is given.")
    private Double warmupSteps;

    @Option(
            names = "--weight-decay",
            paramLabel = "RATE",
            description = "Decay of weights, without biases and LayerNorm. Default: 0.01.")
    private Double weightDecay;

    @Option(
            names = "--mask-prob",
            paramLabel = "P",
            description = "Share of the tokens that the generator has to guess.")
    private Double maskProbability;

    @ArgGroup(exclusive = false, validate = false)
    private ReplacementOptions replacement = new ReplacementOptions();

    @Option(
            names = "--discriminator-weight",
            paramLabel = "W",
            description =
                    "Weight of the loss of the discriminator, or of what is in its place. Default: 50; 1 where that"
                            + " predicts tokens.")
    private Float discriminatorWeight;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Divides the generator's logits before sampling. Default: 1.")
    private Float temperature;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description =
                    "How replacements are drawn: multinomial (default, one random number a row) or gumbel; same distribution.")
    private Sampler sampler;

    @Option(names = "--log-every", paramLabel = "N", description = "Steps between logged metrics.")
    private Integer logEvery;

    @Option(names = "--eval-every", paramLabel = "N", description = "Steps between evaluations on held-out text.")
    private Integer evaluateEvery;

    @Option(
            names = "--eval-sequences",
            paramLabel = "N",
            description =
                    "Most held-out sequences of an evaluation, evenly spaced over the held-out text. Default: 512.")
    private Integer evaluationSequences;

    /**
     * The settings; throws IllegalArgumentException where they do not go together.
     *
     * @param preparedLength length of the sequences where these are packed already, else null
     * @param sequences training sequences, by which epochs become steps; null where they are not known yet
     */
    PretrainSettings settings(Preset preset, ElectraConfig model, Integer preparedLength, Integer sequences) {
        ModelOptions.requireUse(model.objective(), "--discriminator-weight", discriminatorWeight);
        ModelOptions.requireUse(model.objective(), "--temperature", temperature);
        ModelOptions.requireUse(model.objective(), "--sampler", sampler);
        PretrainSettings base = PretrainSettings.of(preset, model.generator().vocabularySize());
        int length = or(sequenceLength, or(preparedLength, base.sequenceLength()));
        Integer steps = steps(model, or(batch, base.batchSize()), length, sequences);
        if (steps != null) {
            base = base.withSteps(steps);
        }
        LossOptions losses = LossOptions.of(model.objective());
        return new PretrainSettings(
                model,
                new LossOptions(
                        losses.generatorWeight(),
                        discriminatorWeight == null ? losses.discriminatorWeight() : discriminatorWeight,
                        temperature == null ? losses.temperature() : temperature,
                        sampler == null ? losses.sampler() : sampler),
                replacement.masking(or(maskProbability, base.masking().maskProbability())),
                or(batch, base.batchSize()),
                accumulate,
                length,
                base.steps(),
                or(learningRate, base.learningRate()),
                or(warmupSteps, base.warmupSteps()),
                or(weightDecay, base.weightDecay()),
                seed,
                or(logEvery, base.logEvery()),
                or(evaluateEvery, base.evaluateEvery()),
                or(evaluationSequences, base.evaluationSequences()));
    }

    /** Hours after which the run ends; null for no limit. */
    Double maxHours() {
        return maxHours;
    }

    /** Hours that the run is to fit into; null where its length is given otherwise. */
    Double fitHours() {
        return fitHours;
    }

    /** Steps between the evaluations of a run of so many steps. */
    int evaluateEvery(PretrainSettings settings, int steps) {
        return or(evaluateEvery, settings.withSteps(steps).evaluateEvery());
    }

    /** The number of steps that fit is known: from now on as if it had been given. */
    void fit(int steps) {
        fitHours = null;
        maxSteps = steps;
    }

    /** The number of steps cannot follow from two things at once. */
    private void requireOneLength() {
        if (fitHours == null) {
            return;
        }
        positive("number of hours to fit", fitHours);
        requireNone("--max-steps", maxSteps);
        requireNone("--max-epochs", maxEpochs);
        requireNone("--max-flops", maxFlops);
        if (maxHours != null && maxHours < fitHours) {
            throw new IllegalArgumentException("--max-hours must be at least --fit-hours, or the run ends early: got "
                    + maxHours + " and " + fitHours);
        }
    }

    private static void requireNone(String option, Number given) {
        if (given != null) {
            throw new IllegalArgumentException(
                    "--fit-hours sets the number of steps: expected no " + option + " beside it, got " + given);
        }
    }

    /** The shortest of the lengths that are given; null where none is. */
    private Integer steps(ElectraConfig model, int batchSize, int length, Integer sequences) {
        positive("number of steps", maxSteps);
        positive("number of epochs", maxEpochs);
        positive("number of FLOPs", maxFlops);
        positive("number of hours", maxHours);
        requireOneLength();
        boolean byEpochs = maxEpochs != null && sequences != null;
        if (maxSteps == null && maxFlops == null && !byEpochs) {
            return null;
        }
        double steps = maxSteps == null ? Double.POSITIVE_INFINITY : maxSteps;
        if (byEpochs) {
            steps = Math.min(steps, Math.ceil(maxEpochs * sequences / batchSize));
        }
        if (maxFlops != null) {
            steps = Math.min(steps, PaperFlops.steps(maxFlops, model, batchSize, length));
        }
        if (steps > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a run has at most " + Integer.MAX_VALUE
                    + " steps, but the epochs or FLOPs that are given make " + steps);
        }
        return (int) steps;
    }

    private static void positive(String what, Number value) {
        if (value != null && !(value.doubleValue() > 0)) {
            throw new IllegalArgumentException("the " + what + " must be positive, got " + value);
        }
    }

    private static int or(Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    private static double or(Double value, double otherwise) {
        return value == null ? otherwise : value;
    }
}
