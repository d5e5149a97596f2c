package org.jelectra.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;

/** Records in the run's directory what determined the run, so that it can be repeated. */
final class SettingsFile {

    private SettingsFile() {}

    static void write(Path directory, PretrainSettings settings, String data, Backend backend) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("jelectra", Version.jelectra());
        json.addProperty("java", System.getProperty("java.version"));
        json.addProperty("backend", backend.name() + ": " + backend.description());
        json.addProperty("data", data);
        json.add("settings", new Gson().toJsonTree(settings));
        Json.write(directory.resolve(RunDirectory.SETTINGS), json);
    }
}
