package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.finetune.metrics.Metric;

/** The classes of a task. */
public final class TaskLabels {

    /** So many a message shows, at most: hundreds would hide the rest of it. */
    public static final int SHOWN = 10;

    private TaskLabels() {}

    /** The labels for a message: of many the first and how many others there are. */
    public static String text(List<String> labels) {
        return labels.size() <= SHOWN
                ? labels.toString()
                : labels.subList(0, SHOWN) + " and " + (labels.size() - SHOWN) + " others";
    }

    /**
     * The declared classes, or where none are, those in the training file, sorted; empty for regression.
     *
     * @throws IOException if the file cannot be read or has fewer than two classes, or more than the metric takes
     */
    public static List<String> of(TaskSpec spec, Path trainingFile) throws IOException {
        if (spec.kind() == TaskSpec.Kind.REGRESSION) {
            return List.of();
        }
        List<String> labels = spec.labels().isEmpty() ? ExampleFile.labels(spec, trainingFile) : spec.labels();
        if (labels.size() < 2) {
            throw new IOException(trainingFile + ": expected at least two labels, found " + labels);
        }
        requireMetric(spec, labels, trainingFile);
        return labels;
    }

    /**
     * Checks that the task's metric is defined for its classes: F1 is of two, of which the second is the positive one.
     *
     * @param source where the classes were found
     * @throws IOException if it is not
     */
    public static void requireMetric(TaskSpec spec, List<String> labels, Path source) throws IOException {
        if (spec.metric() == Metric.F1 && labels.size() != 2) {
            throw new IOException(source + ": expected two labels for the metric "
                    + spec.metric().label() + " of " + spec.name() + ", found " + text(labels));
        }
    }
}
