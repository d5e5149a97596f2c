package org.jelectra.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.HeldOut;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.nn.EncoderConfig;

/**
 * What a {@link FineTuneRun} does.
 *
 * @param task its name, for files and people
 * @param head of the model where the task has a choice of them, else null
 * @param modelFolder folder of the model that is built on
 * @param weights what is taken from there
 * @param config sizes of the encoder, and dropout
 * @param tokenizer saved with the model
 * @param files the task's, by their names: a run goes on, and seeds belong to one run, only with the same contents
 * @param declaration of the task, which a run goes on only with; null where its file is among {@code files} or the task's name tells
 *     it
 * @param heldOut part of the training file that is measured in place of a development file, else null
 * @param settings hyper-parameters; their seed is the first
 * @param keepsBest whether the model that is kept is the one with the largest main metric of all evaluations, which flatters it, and
 *     not the one after the last step
 * @param seeds number of runs, with seeds that count up
 * @param output directory of the run
 * @param snapshotMinutes time between snapshots; 0: none but on interruption
 * @param resumes whether a run in {@code output} is taken up
 */
public record FineTunePlan(
        String task,
        String head,
        Path modelFolder,
        InitialWeights weights,
        EncoderConfig config,
        TokenizerFiles tokenizer,
        Map<String, Path> files,
        TaskSpec declaration,
        HeldOut heldOut,
        FineTuneSettings settings,
        boolean keepsBest,
        int seeds,
        Path output,
        double snapshotMinutes,
        boolean resumes) {

    private static final double SNAPSHOT_MINUTES = 10;

    public FineTunePlan {
        files = Map.copyOf(files);
        if (seeds < 1) {
            throw new IllegalArgumentException("the number of seeds must be at least 1, got " + seeds);
        }
        if (!(snapshotMinutes >= 0)) {
            throw new IllegalArgumentException(
                    "the minutes between snapshots must not be negative, got " + snapshotMinutes);
        }
        if (settings.maxLength() > config.maxPositions()) {
            throw new IllegalArgumentException("sequences of " + settings.maxLength() + " tokens are longer than the "
                    + config.maxPositions() + " positions of the model");
        }
    }

    /**
     * The plan for a task over sentences or tagged text, begun anew on a model with its own dropout, with a snapshot every tenth minute.
     *
     * @param data folder with the task's files
     * @param model run of pre-training, or folder with {@code config.json}, {@code model.safetensors} and a vocabulary
     * @throws IOException if the model's files are missing or malformed
     */
    public static FineTunePlan of(
            TaskSpec task, Path data, Path model, FineTuneSettings settings, int seeds, Path output)
            throws IOException {
        ModelFolder base = ModelFolder.open(model);
        return new FineTunePlan(
                task.name(),
                null,
                base.path(),
                InitialWeights.ENCODER,
                base.config(),
                base.tokenizer(),
                TaskFolder.files(task, data),
                GlueTasks.all().contains(task) ? null : task,
                task.heldOut(),
                settings,
                false,
                seeds,
                output,
                SNAPSHOT_MINUTES,
                false);
    }

    /** The same plan for a run in {@code output} that is taken up. */
    public FineTunePlan resumed() {
        return new FineTunePlan(
                task,
                head,
                modelFolder,
                weights,
                config,
                tokenizer,
                files,
                declaration,
                heldOut,
                settings,
                keepsBest,
                seeds,
                output,
                snapshotMinutes,
                true);
    }

    /**
     * The longest sequence that the fine-tuned model has been trained on, by this task or before. The task's counts also where its positions
     * are frozen.
     */
    int trainedLength() {
        if (weights == InitialWeights.RANDOM) {
            return settings.maxLength();
        }
        return Math.max(tokenizer.trainedLength(), settings.maxLength());
    }
}
