package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.heads.TaskModelFiles;

/**
 * A trained model that gives texts or pairs of texts a number. Safe for use by any number of threads, see the package.
 *
 * <p>Texts that are too long for the model are cut at the end, of a pair the longer one; {@link #length} tells which, and
 * {@link #truncated} how many.
 */
public final class TextRegressor implements AutoCloseable {

    private final SequenceModel model;
    private final double scale;

    private TextRegressor(SequenceModel model, double scale) {
        this.model = model;
        this.scale = scale;
    }

    /**
     * Loads {@code config.json}, {@code model.safetensors} and {@code vocab.txt} or {@code tokenizer.json}, as fine-tuning or
     * HuggingFace's code wrote them.
     *
     * @throws IOException if a file is missing or malformed, the model is of another kind, or a tensor is missing, left over or of
     *     another shape
     */
    public static TextRegressor load(Path directory, InferenceOptions options) throws IOException {
        SequenceModel model = SequenceModel.load(directory, ModelKind.REGRESSION, options);
        try {
            return new TextRegressor(model, TaskModelFiles.scale(model.folder().path()));
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Longest text or pair in tokens, [CLS] and [SEP] among them; what is longer is cut. */
    public int maxLength() {
        return model.maxLength();
    }

    /** Tokens of a text or a pair as it stands, [CLS] and [SEP] among them: more than {@link #maxLength} where it is cut. */
    public int length(TextInput text) {
        return model.length(text);
    }

    /** How many of the texts and pairs that were computed so far were cut. */
    public long truncated() {
        return model.truncated();
    }

    /** The number of one text, in the units of the training file. */
    public double score(String text) {
        return scores(List.of(TextInput.of(text))).get(0);
    }

    /** The number of a pair. */
    public double score(String first, String second) {
        return scores(List.of(TextInput.of(first, second))).get(0);
    }

    /**
     * The numbers of texts, in their order: what the model computes, times the scale that its training divided by.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<Double> scores(List<TextInput> texts) {
        return model.outputs(texts).stream().map(output -> output[0] * scale).toList();
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
