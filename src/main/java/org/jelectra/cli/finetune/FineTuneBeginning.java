package org.jelectra.cli.finetune;

import java.nio.file.Path;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.InitialWeights;
import picocli.CommandLine.Option;

/** Where fine-tuning begins: the model, with or without its weights, or a run that was interrupted. */
final class FineTuneBeginning {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Run of pretrain, or directory with config.json, model.safetensors and vocab.txt or"
                    + " tokenizer.json.")
    Path model;

    @Option(
            names = "--random-weights",
            description = "Begin with random weights of the model's sizes: what pre-training is worth.")
    boolean randomWeights;

    @Option(
            names = "--resume",
            description =
                    "Go on with the run in --output, in its precision unless --precision is given; all other options as they"
                            + " were.")
    boolean resume;

    /**
     * A run on a task.
     *
     * @param base what {@link #model} names
     * @param keepsHead whether its head is taken too
     * @throws IllegalArgumentException for options that do not fit
     */
    FineTunePlan plan(ModelFolder base, boolean keepsHead, TaskSource source, FineTuneOptions options, Path output) {
        if (randomWeights && keepsHead) {
            throw new IllegalArgumentException("--keep-head keeps trained weights, and --random-weights none");
        }
        FineTunePlan plan = new FineTunePlan(
                source.name(),
                source.head(),
                base.path(),
                randomWeights
                        ? InitialWeights.RANDOM
                        : keepsHead ? InitialWeights.ENCODER_AND_HEAD : InitialWeights.ENCODER,
                options.encoder(base.config()),
                base.tokenizer(),
                source.files(),
                null, // among the files
                source.heldOut(),
                options.settings(base.config(), base.tokenizer(), source.epochs(), source.maxLength()),
                options.keepsBest(),
                options.seeds(),
                output,
                options.snapshotMinutes(),
                resume);
        if (!randomWeights) {
            options.requireTrained(base.tokenizer());
        }
        return plan;
    }
}
