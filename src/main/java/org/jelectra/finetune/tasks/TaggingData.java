package org.jelectra.finetune.tasks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jelectra.finetune.data.Column;
import org.jelectra.finetune.data.TaggedFile;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskLabels;
import org.jelectra.finetune.data.TaskSpec;

/**
 * A tagging task's files in memory.
 *
 * @param spec what they hold
 * @param labels all tags, sorted
 * @param training sentences to learn from
 * @param development files to measure, at least one
 */
public record TaggingData(TaskSpec spec, List<String> labels, TaggedFile training, List<TaggedFile> development) {

    /**
     * Reads a task's files. The first development file that is there decides, further ones are measured too. Tags that only the
     * development files have belong to the labels: they cannot be learnt, and count as missed.
     *
     * @throws IOException if the training file or all development files are missing, a file is malformed, or a tag is unknown or
     *     not one that the task's metric is for
     */
    public static TaggingData load(TaskSpec spec, Path folder) throws IOException {
        TaggedFile training = read(spec, TaskFolder.required(folder, spec.train()));
        List<TaggedFile> development = new ArrayList<>();
        if (spec.heldOut() != null) {
            development.add(training.measured(spec.heldOut()));
            training = training.trained(spec.heldOut());
        }
        for (Path file : TaskFolder.development(spec, folder)) {
            development.add(read(spec, file));
        }
        TreeSet<String> found = new TreeSet<>(training.tags());
        development.forEach(file -> found.addAll(file.tags()));
        if (!spec.labels().isEmpty()) {
            TaskLabels.requireMetric(spec, spec.labels(), folder);
            found.removeAll(spec.labels());
            if (!found.isEmpty()) {
                throw new IOException(folder + ": unknown tags " + TaskLabels.text(found) + ", expected "
                        + TaskLabels.text(spec.labels()));
            }
            return new TaggingData(spec, spec.labels(), training, development);
        }
        return new TaggingData(spec, List.copyOf(found), training, development);
    }

    static TaggedFile read(TaskSpec spec, Path file) throws IOException {
        TaggedFile tagged = TaggedFile.read(file, index(spec.text().get(0)), index(spec.label()));
        TaskLabels.requireMetric(spec, tagged.tags(), file);
        return tagged;
    }

    /** What the user should know of the files. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(training.warnings());
        if (spec.heldOut() == null) { // else they are of the same file
            development.forEach(file -> warnings.addAll(file.warnings()));
        }
        return warnings;
    }

    private static int index(Column column) throws IOException {
        if (column.index() == null) {
            throw new IOException(
                    "tagged files have no names of columns: expected the index of column " + column.name());
        }
        return column.index();
    }
}
