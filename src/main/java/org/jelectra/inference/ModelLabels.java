package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;

/** Names of a model's outputs. */
public final class ModelLabels {

    private ModelLabels() {}

    /**
     * The labels in {@code config.json}; HuggingFace's code leaves them out where they are the two it has by default.
     *
     * @throws IOException if the file is malformed
     */
    public static List<String> of(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        JsonFields json = new JsonFields(Json.read(file), file.toString());
        return json.has("id2label") ? TaskModelFiles.labels(folder) : List.of("LABEL_0", "LABEL_1");
    }
}
