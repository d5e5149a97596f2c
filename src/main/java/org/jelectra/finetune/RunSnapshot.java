package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.ComputedBy;
import org.jelectra.io.DamagedSnapshotException;
import org.jelectra.io.JsonFields;
import org.jelectra.io.JsonRecord;
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
    private static final String BEST = "best";
    private static final String BEST_STEP = "best_step";
    private static final String BEST_VALUE = "best_value";

    private static final String REMEDY = "; delete it to begin this seed anew";

    private RunSnapshot() {}

    /**
     * Writes a run as it stands, atomically.
     *
     * @param best the weights to keep so far; null where the last are kept
     */
    static void write(Path file, FineTuner tuner, JsonObject settings, BestWeights best) throws IOException {
        JsonObject content = new JsonObject();
        content.addProperty("kind", "fine-tuning");
        content.add("settings", settings);
        RunPrecision.add(content, ComputedBy.of(tuner.model().backend()));
        content.add("state", new Gson().toJsonTree(tuner.state()));
        TensorBytes tensors = new TensorBytes(tuner.model().backend());
        ParameterArena arena = tuner.model().parameters();
        List<SnapshotWriter.Section> sections = new ArrayList<>(List.of(
                tensors.section(PARAMETERS, arena.values()),
                tensors.section(FIRST_MOMENTS, tuner.optimizer().firstMoments()),
                tensors.section(SECOND_MOMENTS, tuner.optimizer().secondMoments())));
        if (best != null && best.step() > 0) {
            content.addProperty(BEST_STEP, best.step());
            content.addProperty(BEST_VALUE, best.value());
            sections.add(tensors.section(BEST, best.values()));
        }
        SnapshotWriter.write(file, content, sections);
    }

    /**
     * Takes a run up.
     *
     * @param best is given the weights to keep so far; null where the last are kept
     * @return what has computed it so far
     * @throws IOException if the file is damaged, or was written with other settings
     */
    static ComputedBy read(Path file, FineTuner tuner, JsonObject settings, BestWeights best) throws IOException {
        try (SnapshotReader reader = open(file)) {
            RunIdentity.require(file, reader.content().get("settings"), settings);
            TensorBytes tensors = new TensorBytes(tuner.model().backend());
            JsonFields fields = new JsonFields(reader.content(), file.toString());
            try {
                tensors.read(reader, PARAMETERS, tuner.model().parameters().values());
                tensors.read(reader, FIRST_MOMENTS, tuner.optimizer().firstMoments());
                tensors.read(reader, SECOND_MOMENTS, tuner.optimizer().secondMoments());
                if (best != null && fields.has(BEST_STEP)) {
                    tensors.read(reader, BEST, best.values());
                    best.kept(fields.integer(BEST_STEP, 1, Integer.MAX_VALUE), fields.number(BEST_VALUE));
                }
            } catch (IOException e) {
                throw new IOException(e.getMessage() + REMEDY, e);
            }
            tuner.resume(state(file, reader));
            return RunPrecision.of(fields);
        }
    }

    private static RunState state(Path file, SnapshotReader reader) throws IOException {
        try {
            return JsonRecord.read(reader.content().get("state"), RunState.class);
        } catch (RuntimeException e) {
            throw new IOException(file + ": \"state\" is not understood: " + e.getMessage() + REMEDY, e);
        }
    }

    private static SnapshotReader open(Path file) throws IOException {
        try {
            return SnapshotReader.open(file);
        } catch (DamagedSnapshotException e) {
            throw new IOException(e.getMessage() + REMEDY, e);
        }
    }

    /** What has computed the run in a file so far; throws IOException where it is damaged. */
    static ComputedBy computedBy(Path file) throws IOException {
        try (SnapshotReader reader = open(file)) {
            return RunPrecision.of(new JsonFields(reader.content(), file.toString()));
        }
    }
}
