package org.jelectra.inference;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.Json;

/** Names of a model's outputs. */
public final class ModelLabels {

    private static final String MULTI_LABEL = "multi_label_classification";

    private ModelLabels() {}

    /**
     * The labels in {@code config.json}; HuggingFace's code leaves them out where they are the two it has by default.
     *
     * @throws IOException if the file is malformed, or the model gives a text several labels
     */
    public static List<String> of(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        JsonObject json = Json.read(file);
        if (json.has("problem_type")
                && json.get("problem_type").isJsonPrimitive()
                && json.get("problem_type").getAsString().equals(MULTI_LABEL)) {
            throw new IOException(
                    file + ": expected a model with one label a text, found the problem_type " + MULTI_LABEL);
        }
        return json.has("id2label") ? TaskModelFiles.labels(folder) : List.of("LABEL_0", "LABEL_1");
    }
}
