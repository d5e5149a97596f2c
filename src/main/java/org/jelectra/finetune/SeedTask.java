package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.nn.EncoderConfig;

/** A task with the model that learns it: what {@link FineTuneRun} trains once per seed and saves. */
public interface SeedTask extends FineTuningTask {

    /** Makes the task anew, with a model of new weights. */
    @FunctionalInterface
    interface Factory {
        /** @param settings of the run; their seed is the model's */
        SeedTask create(Backend backend, EncoderConfig config, FineTuneSettings settings);
    }

    /** The model. */
    EncoderWithHead<?> model();

    /** HuggingFace's class of the model. */
    String architecture();

    /** Names of the outputs; empty where there are none. */
    List<String> labels();

    /** More entries of the model's {@code config.json}. */
    JsonObject furtherConfig();

    /** Writes what the model predicts for the development and test files into a folder; returns the files' names. */
    List<String> writePredictions(Path folder) throws IOException;
}
