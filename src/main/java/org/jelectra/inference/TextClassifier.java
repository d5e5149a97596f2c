package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A trained classifier of texts, or of pairs of texts: of one label each, or of any number. Safe for use by any number of threads, see the
 * package.
 *
 * <p>Texts that are too long for the model are cut at the end, of a pair the longer one; {@link #length} tells which, and
 * {@link #truncated} how many.
 */
public final class TextClassifier implements AutoCloseable {

    private final SequenceModel model;
    private final boolean anyNumber;

    private TextClassifier(SequenceModel model, boolean anyNumber) {
        this.model = model;
        this.anyNumber = anyNumber;
    }

    /**
     * Loads {@code config.json}, {@code model.safetensors} and {@code vocab.txt} or {@code tokenizer.json}, as fine-tuning or
     * HuggingFace's code wrote them.
     *
     * @throws IOException if a file is missing or malformed, the model gives neither one label nor any number of them, or a tensor is missing, left over or of
     *     another shape
     */
    public static TextClassifier load(Path directory, InferenceOptions options) throws IOException {
        boolean anyNumber = ModelKind.of(directory) == ModelKind.MULTILABEL;
        ModelKind kind = anyNumber ? ModelKind.MULTILABEL : ModelKind.CLASSIFICATION;
        return new TextClassifier(SequenceModel.load(directory, kind, options), anyNumber);
    }

    /** Names of the labels, in the model's order. */
    public List<String> labels() {
        return model.labels();
    }

    /** Whether a text may have any number of the labels; each probability is then for itself. */
    public boolean givesAnyNumber() {
        return anyNumber;
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

    /** Labels of one text. */
    public Classification classify(String text) {
        return classify(List.of(TextInput.of(text))).get(0);
    }

    /** Labels of a pair. */
    public Classification classify(String first, String second) {
        return classify(List.of(TextInput.of(first, second))).get(0);
    }

    /**
     * Labels of texts, in their order.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<Classification> classify(List<TextInput> texts) {
        return model.outputs(texts).stream()
                .map(logits -> anyNumber
                        ? Classification.anyOf(model.labels(), logits)
                        : Classification.oneOf(model.labels(), logits))
                .toList();
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
