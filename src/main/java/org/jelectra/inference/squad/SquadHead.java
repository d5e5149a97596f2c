package org.jelectra.inference.squad;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jelectra.electra.heads.TaskModelFiles;

/** What a question answering model has on top of its encoder. */
public enum SquadHead {
    /** Independent starts and ends, the first token for "no answer"; HuggingFace's code reads such models. */
    HUGGINGFACE(TaskModelFiles.QUESTION_ANSWERING),
    /** The original code's: ends that depend on the start, and a classifier for "no answer". */
    JOINT(TaskModelFiles.JOINT_QUESTION_ANSWERING);

    private final String architecture;

    SquadHead(String architecture) {
        this.architecture = architecture;
    }

    /** The class that {@code config.json} names. */
    public String architecture() {
        return architecture;
    }

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The head of a model on disk.
     *
     * @throws IOException if {@code config.json} is missing or malformed, or the model is of another kind
     */
    static SquadHead of(Path folder) throws IOException {
        return values()[
                TaskModelFiles.indexIn(
                        Arrays.stream(values()).map(SquadHead::architecture).toList(), folder)];
    }
}
