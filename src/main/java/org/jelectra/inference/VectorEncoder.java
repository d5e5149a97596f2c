package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.TextRunner;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;

/**
 * The encoder of any model, pre-trained or fine-tuned: vectors for texts and their tokens. Safe for use by any number of threads,
 * see the package.
 */
public final class VectorEncoder implements AutoCloseable {

    private final ModelFolder folder;
    private final ModelThread<TextRunner> model;

    private VectorEncoder(ModelFolder folder, ModelThread<TextRunner> model) {
        this.folder = folder;
        this.model = model;
    }

    /** Loads an encoder with all its layers. */
    public static VectorEncoder load(Path directory, InferenceOptions options) throws IOException {
        return load(directory, 0, options);
    }

    /**
     * Loads the lower layers of an encoder; its head is passed over. Of a pre-training run the discriminator is taken.
     *
     * @param layer whose output the vectors are, from 1; 0: the last one
     * @throws IOException if a file is missing or malformed, or a tensor of the encoder is missing or of another shape
     * @throws IllegalArgumentException if the model has no such layer
     */
    public static VectorEncoder load(Path directory, int layer, InferenceOptions options) throws IOException {
        ModelFolder folder = ModelFolder.open(directory);
        EncoderConfig all = folder.config();
        if (layer < 0 || layer > all.layers()) {
            throw new IllegalArgumentException(
                    directory + " has layers 1 to " + all.layers() + ", there is no layer " + layer);
        }
        EncoderConfig config = layer == 0 ? all : all.withLayers(layer);
        return new VectorEncoder(folder, ModelThread.start(folder.path(), options.backend(), backend -> {
            EncoderWithHead<Void> network = EncoderWithHead.untrained(backend, config, (arena, sizes) -> null);
            EncoderFiles.loadEncoder(network, folder.path());
            backend.freeze(network.parameters().values().storage());
            return new TextRunner(
                    backend,
                    (tape, inputs) -> network.encode(tape, inputs.encoder(), false),
                    options.batchSize(),
                    folder.maxLength(),
                    folder.padId());
        }));
    }

    /** Numbers in each vector. */
    public int width() {
        return folder.config().hiddenSize();
    }

    /** Longest text in tokens, [CLS] and [SEP] among them. */
    public int maxLength() {
        return folder.maxLength();
    }

    /** Vectors of one text. */
    public TextVectors encode(String text) {
        return encode(List.of(text)).get(0);
    }

    /**
     * Vectors of texts, in their order. Their memory is the caller's: give as many at a time as it should hold.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<TextVectors> encode(List<String> texts) {
        WordPiece wordPiece = folder.wordPiece();
        Vocabulary vocabulary = wordPiece.vocabulary();
        List<EncodedText> encoded = new ArrayList<>();
        for (String text : texts) {
            encoded.add(EncodedText.single(wordPiece.encode(text), folder.maxLength(), vocabulary));
        }
        List<float[]> values = model.call(runner -> runner.run(encoded));
        List<TextVectors> vectors = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<String> tokens = Arrays.stream(encoded.get(i).ids())
                    .mapToObj(vocabulary::token)
                    .toList();
            vectors.add(new TextVectors(
                    tokens, values.get(i), width(), encoded.get(i).truncated()));
        }
        return List.copyOf(vectors);
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
