package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jelectra.finetune.metrics.ChunkScore;
import org.jelectra.finetune.metrics.Metric;

/** The classes of a task. */
public final class TaskLabels {

    /** So many a message shows, at most: hundreds would hide the rest of it. */
    public static final int SHOWN = 10;

    private TaskLabels() {}

    /** The labels for a message: of many the first and how many others there are. */
    public static String text(Collection<String> labels) {
        return labels.size() <= SHOWN
                ? labels.toString()
                : labels.stream().limit(SHOWN).toList() + " and " + (labels.size() - SHOWN) + " others";
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
     * Checks that the task's metric is defined for its classes: F1 is of two, of which the second is the positive one, and
     * entity-level F1 of tags that mark entities.
     *
     * @param source where the classes were found
     * @throws IOException if it is not
     */
    public static void requireMetric(TaskSpec spec, Collection<String> labels, Path source) throws IOException {
        if (spec.metric() == Metric.F1 && labels.size() != 2) {
            throw new IOException(source + ": expected two labels for the metric "
                    + spec.metric().label() + " of " + spec.name() + ", found " + text(labels));
        }
        if (spec.metric() == Metric.ENTITY_F1) {
            List<String> others =
                    labels.stream().filter(label -> !ChunkScore.isTag(label)).toList();
            if (!others.isEmpty()) {
                throw new IOException(source + ": expected tags of entities for the metric entity_f1 of " + spec.name()
                        + " (O, or B, I, M, E, L, S or U, alone or before -TYPE), found " + others.get(0)
                        + (others.size() > 1 ? " and " + (others.size() - 1) + " more" : "")
                        + "; accuracy is for any tags: --task FILE.json with \"kind\": \"tagging\", \"metric\":"
                        + " \"accuracy\"");
            }
        }
    }
}
