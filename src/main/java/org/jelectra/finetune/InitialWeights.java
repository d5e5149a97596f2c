package org.jelectra.finetune;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.finetune.data.TaskLabels;

/** What a fine-tuning begins with. */
public enum InitialWeights {

    /** Random weights of the model's sizes: what pre-training is worth. */
    RANDOM,

    /** The model's encoder, and a new head. */
    ENCODER,

    /** Encoder and head of a model that has been fine-tuned for the same outputs, perhaps on other data. */
    ENCODER_AND_HEAD;

    /**
     * Loads them into a task's new model.
     *
     * @param folder of the model
     * @return what was found there; null of random weights
     * @throws IOException if a tensor is missing or has another shape; where the head is kept, if the model's outputs mean something else
     *     than the task's
     */
    EncoderFiles.Report load(FineTuningTask task, Path folder) throws IOException {
        return switch (this) {
            case RANDOM -> null;
            case ENCODER -> EncoderFiles.loadEncoder(task.model(), folder);
            case ENCODER_AND_HEAD -> {
                requireSameOutputs(task, folder);
                yield EncoderFiles.loadAll(task.model(), folder);
            }
        };
    }

    private static void requireSameOutputs(FineTuningTask task, Path folder) throws IOException {
        TaskModelFiles.indexIn(List.of(task.architecture()), folder);
        List<String> labels = task.labels();
        if (labels.isEmpty()) {
            return; // of answers in a text
        }
        List<String> found = TaskModelFiles.labels(folder);
        JsonObject config = task.furtherConfig();
        if (config.has(TaskModelFiles.SCALE)) { // a regression, whose label is a name for nothing
            requireSame(folder, "number of outputs", labels.size(), found.size());
            requireSame(
                    folder,
                    TaskModelFiles.SCALE,
                    config.get(TaskModelFiles.SCALE).getAsDouble(),
                    TaskModelFiles.scale(folder));
        } else {
            requireSameLabels(folder, labels, found);
            boolean several = new JsonPrimitive(TaskModelFiles.MULTI_LABEL).equals(config.get(TaskModelFiles.PROBLEM));
            requireSame(folder, "several labels for a text", several, TaskModelFiles.isMultiLabel(folder));
        }
    }

    /** Of many labels the message shows those from the first that differs on. */
    private static void requireSameLabels(Path folder, List<String> expected, List<String> found) throws IOException {
        if (expected.equals(found)) {
            return;
        }
        boolean many = Math.max(expected.size(), found.size()) > TaskLabels.SHOWN;
        int from = 0;
        while (many
                && from < Math.min(expected.size(), found.size())
                && expected.get(from).equals(found.get(from))) {
            from++;
        }
        throw others(
                folder,
                "labels, in this order" + (from == 0 ? "" : ", from number " + (from + 1) + " on"),
                TaskLabels.text(expected.subList(from, expected.size())),
                TaskLabels.text(found.subList(from, found.size()))
                        + "; \"labels\" in a task file gives them and their order");
    }

    private static void requireSame(Path folder, String what, Object expected, Object found) throws IOException {
        if (!expected.equals(found)) {
            throw others(folder, what, expected, found);
        }
    }

    private static IOException others(Path folder, String what, Object expected, Object found) {
        return new IOException(folder + ": a head is kept where its outputs are the task's: expected " + what + ": "
                + expected + ", found " + found);
    }
}
