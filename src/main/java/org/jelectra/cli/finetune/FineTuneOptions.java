package org.jelectra.cli.finetune;

import org.jelectra.cli.console.UnusedOptions;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.Reduction;
import org.jelectra.nn.EncoderConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Hyper-parameters of fine-tuning on the command line. */
final class FineTuneOptions {

    @Option(names = "--seeds", paramLabel = "N", description = "Number of runs, with seeds that count up. Default: 1.")
    private int seeds = 1;

    @Option(names = "--seed", paramLabel = "N", description = "First seed. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--epochs",
            paramLabel = "X",
            description = "Passes over the training data. Default: the task's, 3 (10 for RTE and STS-B, 2 for SQuAD).")
    private Double epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Examples a step. Default: 32.")
    private Integer batch;

    @Option(
            names = "--accumulate",
            paramLabel = "N",
            description =
                    "Compute each batch in N parts, in less memory; the result is the same up to rounding. Default: 1.")
    private int accumulate = 1;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description =
                    "Nominal learning rate; as in the original, the highest rate is (1 - warm-up) of it, 0.9 by default."
                            + " Default: 3e-4 for models up to 256 wide (small), 1e-4 up to 768 (base), 5e-5 above.")
    private Double learningRate;

    @Option(
            names = "--layer-decay",
            paramLabel = "X",
            description = "Factor of the learning rate from a layer to the one below. Default: 0.8 (0.9 for large).")
    private Double layerDecay;

    @Option(
            names = "--no-layer-decay-compat",
            description =
                    "The last layer learns at the layer decay times the head's rate, and so on down. Default: at its"
                            + " square, as in the original code, which counts one layer too many; published numbers belong to it.")
    private boolean evenLayerDecay;

    @Option(
            names = "--freeze",
            paramLabel = "WHAT",
            description =
                    "What is not trained: embeddings; a number N, for the embeddings and layers 1 to N; or all, for the whole"
                            + " encoder, so that the head alone learns. Default: nothing.")
    private String freeze;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            description = "Decay of weights, without biases and LayerNorm. Default: 0.01, the original code's; the"
                    + " paper names 0.")
    private Double weightDecay;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description =
                    "Dropout of hidden states and attention. Default: the model's; the paper's is 0.1, the tiny preset's 0.")
    private Float dropout;

    @Option(
            names = "--warmup",
            paramLabel = "X",
            description = "Share of the steps in which the learning rate rises. Default: 0.1.")
    private Double warmup;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Longest sequence in tokens; longer text is cut. Default: 128 (tagging 256, SQuAD 512), or what the model was"
                            + " trained on if that is less.")
    private Integer maxLength;

    @Option(
            names = "--untrained-positions",
            description = "Allow a --max-length beyond the sequences that the model was trained on, whose positions are"
                    + " then trained by this task alone.")
    private boolean untrainedPositions;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            description =
                    "sum or mean over the batch. Default: sum, as in the official code; with gradients clipped to norm 1"
                            + " the published learning rates belong to it.")
    private Reduction loss;

    @Option(
            names = "--evaluations-per-epoch",
            paramLabel = "N",
            description = "How often the development set is measured. Default: 2.")
    private int evaluations = 2;

    /** Which weights become the model. */
    enum Keep {
        LAST,
        BEST
    }

    @Option(
            names = "--keep",
            paramLabel = "WHICH",
            description =
                    "last: the model after the last step; best: the one that did best on the development set, whose"
                            + " values then flatter it. Default: last, as in published results.")
    private Keep keep = Keep.LAST;

    @Option(
            names = "--snapshot-minutes",
            paramLabel = "MINUTES",
            description = "Minutes between snapshots to resume from; 0: none but on Ctrl-C. Default: 10.")
    private double snapshotMinutes = 10;

    /** Throws ParameterException where an option would have no effect. */
    void refuseUnused(CommandSpec spec) {
        if (maxLength == null) {
            UnusedOptions.refuse(spec, "--max-length", "--untrained-positions");
        }
    }

    FineTuneSettings settings(EncoderConfig config, TokenizerFiles tokenizer, double taskEpochs, int taskLength) {
        int length = maxLength == null ? Math.min(taskLength, tokenizer.trainedLength()) : maxLength;
        FineTuneSettings defaults =
                FineTuneSettings.defaults(config.hiddenSize(), epochs == null ? taskEpochs : epochs, length, seed);
        return new FineTuneSettings(
                learningRate == null ? defaults.learningRate() : learningRate,
                layerDecay == null ? defaults.layerDecay() : layerDecay,
                !evenLayerDecay,
                weightDecay == null ? defaults.weightDecay() : weightDecay,
                defaults.epochs(),
                warmup == null ? defaults.warmup() : warmup,
                batch == null ? defaults.batchSize() : batch,
                accumulate,
                length,
                loss == null ? defaults.reduction() : loss,
                evaluations,
                freeze == null ? null : FrozenLayers.of(freeze, config.layers()),
                seed);
    }

    /** Throws IllegalArgumentException for text longer than a model was trained on, unless that is asked for. */
    void requireTrained(TokenizerFiles tokenizer) {
        if (maxLength != null && maxLength > tokenizer.trainedLength() && !untrainedPositions) {
            throw new IllegalArgumentException("--max-length " + maxLength + ": the model was trained on sequences of "
                    + tokenizer.trainedLength()
                    + " tokens, its positions beyond may not be trained; leave --max-length out,"
                    + " pre-train on longer sequences first (pretrain --init-from), or add --untrained-positions");
        }
    }

    /** The sizes with the dropout to train with. */
    EncoderConfig encoder(EncoderConfig model) {
        return dropout == null ? model : model.withDropout(dropout);
    }

    boolean keepsBest() {
        return keep == Keep.BEST;
    }

    int seeds() {
        return seeds;
    }

    double snapshotMinutes() {
        return snapshotMinutes;
    }
}
