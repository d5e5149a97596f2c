package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The classes of a task. */
public final class TaskLabels {

    private TaskLabels() {}

    /**
     * The declared classes, or where none are, those in the training file, sorted; empty for regression.
     *
     * @throws IOException if the file cannot be read or has fewer than two classes
     */
    public static List<String> of(TaskSpec spec, Path trainingFile) throws IOException {
        if (spec.kind() == TaskSpec.Kind.REGRESSION) {
            return List.of();
        }
        List<String> labels = spec.labels().isEmpty() ? ExampleFile.labels(spec, trainingFile) : spec.labels();
        if (labels.size() < 2) {
            throw new IOException(trainingFile + ": expected at least two labels, found " + labels);
        }
        return labels;
    }
}
