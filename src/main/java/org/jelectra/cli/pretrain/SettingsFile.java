package org.jelectra.cli.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.io.Json;
import org.jelectra.io.Release;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;

/** Records in the run's directory what determined the run, so that it can be repeated and resumed. */
final class SettingsFile {

    private static final String OPTIONS = "options";

    private SettingsFile() {}

    static void write(Path directory, PretrainSettings settings, String data, Backend backend, RunOptions options)
            throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("jelectra", Release.version());
        json.addProperty("java", System.getProperty("java.version"));
        json.addProperty("backend", backend.name() + ": " + backend.description());
        json.addProperty("data", data);
        json.add(OPTIONS, options.toJson());
        json.addProperty(
                "trainingFlops",
                PaperFlops.training(
                        settings.model(), settings.batchSize(), settings.sequenceLength(), settings.steps()));
        json.add("settings", new Gson().toJsonTree(settings));
        Json.write(directory.resolve(RunSoFar.SETTINGS), json);
    }

    /**
     * The options that the run was begun with.
     *
     * @throws IOException if there is no run, or its settings are not those of one
     */
    static RunOptions options(Path directory) throws IOException {
        Path file = directory.resolve(RunSoFar.SETTINGS);
        if (!Files.isRegularFile(file)) {
            throw new IOException(directory + ": expected the directory of a run, found no " + RunSoFar.SETTINGS
                    + " in it to resume from");
        }
        JsonObject json = Json.read(file);
        try {
            return RunOptions.fromJson(json.getAsJsonObject(OPTIONS));
        } catch (RuntimeException e) {
            throw new IOException(
                    file + ": expected the run's \"" + OPTIONS + "\", each a list of strings, found "
                            + json.get(OPTIONS) + "; such a run cannot be resumed",
                    e);
        }
    }
}
