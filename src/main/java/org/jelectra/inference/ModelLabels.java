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

    private static final String PROBLEM = "problem_type";
    private static final String MULTI_LABEL = "multi_label_classification";

    private ModelLabels() {}

    /**
     * The labels in {@code config.json}; HuggingFace's code leaves them out where they are the two it has by default.
     *
     * @throws IOException if the file is malformed, or the model gives a text several labels
     */
    public static List<String> of(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        JsonFields json = new JsonFields(Json.read(file), file.toString());
        if (json.has(PROBLEM) && json.text(PROBLEM).equals(MULTI_LABEL)) {
            throw new IOException(
                    file + ": expected a model with one label a text, found the " + PROBLEM + " " + MULTI_LABEL);
        }
        return json.has("id2label") ? TaskModelFiles.labels(folder) : List.of("LABEL_0", "LABEL_1");
    }
}
