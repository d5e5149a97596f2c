package org.jelectra.electra.heads;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a model of labels or numbers for whole texts has on top of its encoder, see {@link ClassificationHead}. */
public enum SequenceHead {
    /** Two layers; HuggingFace's code reads such models. */
    HUGGINGFACE(TaskModelFiles.SEQUENCE_CLASSIFICATION),
    /** The original code's: one layer. */
    LINEAR(TaskModelFiles.LINEAR_SEQUENCE_CLASSIFICATION);

    private final String architecture;

    SequenceHead(String architecture) {
        this.architecture = architecture;
    }

    /** The class that {@code config.json} names. */
    public String architecture() {
        return architecture;
    }

    /** The classes of all. */
    public static List<String> architectures() {
        return Arrays.stream(values()).map(SequenceHead::architecture).toList();
    }

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Makes the head; one output for regression, else one a class. */
    public EncoderWithHead.HeadFactory<ClassificationHead> withOutputs(int outputs) {
        return (arena, config) -> new ClassificationHead(arena, config, this, outputs);
    }

    /**
     * The head of a model on disk.
     *
     * @throws IOException if {@code config.json} is missing or malformed, or the model is of another kind
     */
    public static SequenceHead of(Path folder) throws IOException {
        return values()[TaskModelFiles.indexIn(architectures(), folder)];
    }
}
