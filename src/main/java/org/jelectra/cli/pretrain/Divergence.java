package org.jelectra.cli.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.TrainingDivergedException;

/** Leaves behind what is needed to understand a run that could not go on: {@code diverged.json}. No snapshot is touched. */
final class Divergence {

    static final String FILE_NAME = "diverged.json";
    /** In the file, the step that failed, from 1. */
    static final String STEP = "step";

    private final Path directory;
    private final Pretrainer pretrainer;

    Divergence(Path directory, Pretrainer pretrainer) {
        this.directory = directory;
        this.pretrainer = pretrainer;
    }

    /** Writes the file; returns what to tell the user. */
    String record(TrainingDivergedException e) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty(STEP, e.step());
        json.addProperty("tensor", e.tensor());
        json.add("weights", new Gson().toJsonTree(e.weights()));
        json.addProperty("weights_are_finite", e.weightsAreFinite());
        json.addProperty("learning_rate", pretrainer.trainingStep().learningRate(e.step() - 1));
        json.add("training_sequences", new Gson().toJsonTree(e.records()));
        json.addProperty("message", e.getMessage());
        Json.write(directory.resolve(FILE_NAME), json);
        SnapshotFolder snapshots = new SnapshotFolder(directory);
        List<Integer> steps = snapshots.steps();
        return e.getMessage() + ". Details are in " + directory.resolve(FILE_NAME)
                + (steps.isEmpty()
                        ? "; there is no snapshot yet"
                        : "; the last good snapshot is " + snapshots.file(steps.get(steps.size() - 1)));
    }
}
