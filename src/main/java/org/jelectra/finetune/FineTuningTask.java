package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.nn.EncoderConfig;

/**
 * A task with the model that learns it: what {@link FineTuneRun} needs to train, to measure and to save it, once per seed.
 */
public interface FineTuningTask {

    /** Makes the task anew, with a model of new weights. */
    @FunctionalInterface
    interface Factory {
        /** @param settings of the run; their seed is the model's */
        FineTuningTask create(Backend backend, EncoderConfig config, FineTuneSettings settings);
    }

    /** The model. */
    EncoderWithHead<?> model();

    /** Number of training examples. */
    int size();

    /** Tokens of a training example, [CLS] and [SEP] included. */
    int length(int example);

    /** Records the training pass for batches, or parts of them, of B sequences of S tokens, in memory shared with the other recordings. */
    TaskGraph record(int batch, int length, Workspace workspace);

    /** What the user should know of the examples as the model reads them; nothing mostly. */
    default List<String> warnings() {
        return List.of();
    }

    /** Takes the memory that {@link #evaluate} needs, lest it be missing after an epoch. */
    void reserve();

    /**
     * Measures the model as it is on the task's development set.
     *
     * @throws IllegalStateException if what the model says is not finite: its seed has diverged
     */
    Evaluation evaluate();

    /** HuggingFace's class of the model. */
    String architecture();

    /** Names of the outputs; empty where there are none. */
    List<String> labels();

    /** More entries of the model's {@code config.json}. */
    JsonObject furtherConfig();

    /** Writes what the model predicts for the development and test files into a folder; returns the files' names. */
    List<String> writePredictions(Path folder) throws IOException;
}
