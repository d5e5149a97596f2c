package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.ComputedBy;
import org.jelectra.io.JsonFields;
import org.jelectra.io.SnapshotReader;
import org.jelectra.io.SnapshotWriter;
import org.jelectra.nn.ParameterArena;
import org.jelectra.nn.TensorBytes;

/** One seed's run in a file: weights, moments and state, with the settings that must be the same to go on. */
final class RunSnapshot {

    static final String FILE_NAME = "run.snapshot";

    private static final String PARAMETERS = "parameters";
    private static final String FIRST_MOMENTS = "first_moments";
    private static final String SECOND_MOMENTS = "second_moments";

    private RunSnapshot() {}

    /** Writes a run as it stands, atomically. */
    static void write(Path file, FineTuner tuner, JsonObject settings) throws IOException {
        JsonObject content = new JsonObject();
        content.addProperty("kind", "fine-tuning");
        content.add("settings", settings);
        RunPrecision.add(content, ComputedBy.of(tuner.model().backend()));
        content.add("state", new Gson().toJsonTree(tuner.state()));
        TensorBytes tensors = new TensorBytes(tuner.model().backend());
        ParameterArena arena = tuner.model().parameters();
        SnapshotWriter.write(
                file,
                content,
                List.of(
                        tensors.section(PARAMETERS, arena.values()),
                        tensors.section(FIRST_MOMENTS, tuner.optimizer().firstMoments()),
                        tensors.section(SECOND_MOMENTS, tuner.optimizer().secondMoments())));
    }

    /**
     * Takes a run up.
     *
     * @return what has computed it so far
     * @throws IOException if the file is damaged, or was written with other settings
     */
    static ComputedBy read(Path file, FineTuner tuner, JsonObject settings) throws IOException {
        try (SnapshotReader reader = SnapshotReader.open(file)) {
            RunIdentity.require(file, reader.content().get("settings"), settings);
            TensorBytes tensors = new TensorBytes(tuner.model().backend());
            try {
                tensors.read(reader, PARAMETERS, tuner.model().parameters().values());
                tensors.read(reader, FIRST_MOMENTS, tuner.optimizer().firstMoments());
                tensors.read(reader, SECOND_MOMENTS, tuner.optimizer().secondMoments());
            } catch (IOException e) {
                throw new IOException(e.getMessage() + "; delete it to begin this seed anew", e);
            }
            tuner.resume(new Gson().fromJson(reader.content().get("state"), RunState.class));
            return RunPrecision.of(new JsonFields(reader.content(), file.toString()));
        }
    }
}
