package org.jelectra.cli.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.JsonRecord;
import org.jelectra.io.Release;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.tensor.DType;

/** Records in the run's directory what determined the run, so that it can be repeated and resumed. */
final class SettingsFile {

    private static final String OPTIONS = "options";
    private static final String PRECISION = "precision";
    private static final String TEXT = "--data";
    private static final String PARTS = "--accumulate";
    private static final String SETTINGS = "settings";
    private static final String RECORD = "text";

    private SettingsFile() {}

    static void write(Path directory, PretrainSettings settings, TrainingText text, Backend backend, RunOptions options)
            throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("jelectra", Release.version());
        json.addProperty("java", System.getProperty("java.version"));
        json.addProperty("backend", backend.name() + ": " + backend.description());
        json.addProperty(PRECISION, backend.valueType().label());
        json.addProperty("data", text.description());
        json.add(RECORD, new Gson().toJsonTree(TextRecord.of(text)));
        json.add(OPTIONS, options.toJson());
        json.addProperty(
                "trainingFlops",
                PaperFlops.training(
                        settings.model(), settings.batchSize(), settings.sequenceLength(), settings.steps()));
        json.add(SETTINGS, new Gson().toJsonTree(settings));
        Json.write(directory.resolve(RunSoFar.SETTINGS), json);
    }

    /**
     * Records where the text of a run that goes on lies now, and in how many parts its batches are computed: the next call needs not
     * be told again.
     */
    static void goesOn(Path directory, PretrainSettings settings, String data, RunOptions options) throws IOException {
        Path file = directory.resolve(RunSoFar.SETTINGS);
        JsonObject json = Json.read(file);
        boolean moved = change(json, TEXT, options);
        boolean divided = change(json, PARTS, options);
        if (moved) {
            json.addProperty("data", data);
        }
        if (divided) {
            json.add(SETTINGS, new Gson().toJsonTree(settings));
        }
        if (moved || divided) {
            Json.write(file, json);
        }
    }

    /** Whether the option is another one now. */
    private static boolean change(JsonObject json, String name, RunOptions options) {
        JsonElement now = options.toJson().get(name);
        boolean changed =
                now != null && !now.equals(json.getAsJsonObject(OPTIONS).get(name));
        if (changed) {
            json.getAsJsonObject(OPTIONS).add(name, now);
        }
        return changed;
    }

    /**
     * What a run's text was recognised by; null where its settings do not say.
     *
     * @throws IOException if they cannot be understood
     */
    static TextRecord text(Path directory) throws IOException {
        Path file = directory.resolve(RunSoFar.SETTINGS);
        JsonElement written = Json.read(file).get(RECORD);
        try {
            return written == null ? null : JsonRecord.read(written, TextRecord.class);
        } catch (RuntimeException e) {
            throw new IOException(
                    file + ": expected the record of the run's \"" + RECORD
                            + "\" as 'jelectra pretrain' writes it, found " + written,
                    e);
        }
    }

    /**
     * The options that the run was begun with. {@code --precision float32} is one of them also where the CPU had no other: a
     * GPU would go on in bf16 unless told otherwise. What was computed in bf16 unasked goes on so, where a GPU can run.
     *
     * @throws IOException if there is no run, or its settings are not those of one
     */
    static RunOptions options(Path directory) throws IOException {
        Path file = directory.resolve(RunSoFar.SETTINGS);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    directory + ": expected the directory of a run, found no " + RunSoFar.SETTINGS + " in it");
        }
        JsonObject json = Json.read(file);
        RunOptions options;
        try {
            options = RunOptions.fromJson(json.getAsJsonObject(OPTIONS));
        } catch (RuntimeException e) {
            throw new IOException(
                    file + ": expected the run's \"" + OPTIONS + "\", each a list of strings, found "
                            + json.get(OPTIONS) + "; such a run cannot be resumed or begun again",
                    e);
        }
        String precision = new JsonFields(json, file.toString()).text(PRECISION);
        return precision.equals(DType.FLOAT32.label()) ? options.orElse("--precision", precision) : options;
    }
}
