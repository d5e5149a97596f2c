package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.electra.heads.TaskModelFiles;

/** What a model was trained for. */
public enum ModelKind {
    /** One of several labels for a text or a pair of texts. */
    CLASSIFICATION("text classification", SequenceHead.architectures()),
    /** Any number of several labels for a text or a pair of texts. */
    MULTILABEL("text classification with any number of labels", SequenceHead.architectures()),
    /** A number for a text or a pair of texts. */
    REGRESSION("text regression", SequenceHead.architectures()),
    /** A tag for every word. */
    TAGGING("tagging", TaskModelFiles.TOKEN_CLASSIFICATION),
    /** The place of an answer in a text. */
    QUESTION_ANSWERING(
            "question answering", TaskModelFiles.QUESTION_ANSWERING, TaskModelFiles.JOINT_QUESTION_ANSWERING),
    /** Pre-trained to find replaced tokens. */
    DISCRIMINATOR("a pre-trained discriminator", ModelFiles.ELECTRA_FOR_PRETRAINING),
    /** Pre-trained to guess tokens: a generator, or a main network that predicts tokens. */
    GENERATOR("a pre-trained network that guesses tokens", ModelFiles.ELECTRA_FOR_MASKED_LM),
    /** No head: vectors, and what is built on them. */
    ENCODER("an encoder without a head", ModelFiles.ELECTRA_MODEL);

    private final String label;
    private final List<String> architectures;

    ModelKind(String label, String... architectures) {
        this(label, List.of(architectures));
    }

    ModelKind(String label, List<String> architectures) {
        this.label = label;
        this.architectures = architectures;
    }

    /**
     * The kind of the model in a directory, from its {@code config.json}.
     *
     * @throws IOException if there is no model, or one that is none of these
     */
    public static ModelKind of(Path directory) throws IOException {
        Path folder = EncoderFiles.find(directory);
        String architecture = ModelFiles.architecture(folder);
        if (SequenceHead.architectures().contains(architecture)) {
            if (TaskModelFiles.isMultiLabel(folder)) {
                return MULTILABEL;
            }
            return ModelLabels.of(folder).size() == 1 ? REGRESSION : CLASSIFICATION;
        }
        for (ModelKind kind : values()) {
            if (kind.architectures.contains(architecture)) {
                return kind;
            }
        }
        throw new IOException(folder + ": expected a model of one of the kinds "
                + List.of(values()).stream()
                        .flatMap(kind -> kind.architectures.stream())
                        .distinct()
                        .toList() + ", found "
                + architecture);
    }

    /**
     * The model in a directory, which has to be of this kind.
     *
     * @throws IOException if it is of another kind, and the message names both; or as {@link ModelFolder#open}
     */
    ModelFolder open(Path directory) throws IOException {
        ModelKind found = of(directory);
        if (found != this) {
            throw new IOException(directory + ": expected a model for " + this + ", found " + found);
        }
        return ModelFolder.open(directory);
    }

    /** Whether a directory holds a fine-tuned model; throws IOException where it holds no model, several, or an encoder without a head. */
    public static boolean isTask(Path directory) throws IOException {
        boolean run = Files.isDirectory(directory.resolve(ElectraModel.GENERATOR))
                || Files.isDirectory(directory.resolve(ElectraModel.DISCRIMINATOR));
        if (run || !Files.exists(directory)) {
            return false;
        }
        if (Files.isRegularFile(directory.resolve(ModelFiles.CONFIG))) {
            ModelKind kind = of(directory);
            if (kind == ENCODER) {
                throw new IOException(directory + ": expected a model with a head, found " + kind
                        + "; finetune --model gives it one, encode needs none");
            }
            return kind.isTask();
        }
        EncoderFiles.find(directory); // throws, as there is none
        return false;
    }

    /** Throws IOException where a directory does not hold one fine-tuned model. */
    public static void requireTask(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (!isTask(directory)) {
            throw new IOException(
                    directory + ": expected a fine-tuned model, found " + of(directory) + "; fine-tune it first");
        }
    }

    /** Whether the model was fine-tuned for a task. */
    public boolean isTask() {
        return this != DISCRIMINATOR && this != GENERATOR && this != ENCODER;
    }

    /** For people: what it is and what {@code config.json} calls it. */
    @Override
    public String toString() {
        return label + " (" + String.join(" or ", architectures) + ")";
    }
}
