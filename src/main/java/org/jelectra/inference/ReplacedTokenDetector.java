package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jelectra.electra.ReplacedTokenHead;
import org.jelectra.electra.TokenProbability;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.TextRunner;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;

/**
 * A pre-trained discriminator, which needs no generator: the probability of every token of a text that it was replaced. Safe for
 * use by any number of threads, see the package.
 */
public final class ReplacedTokenDetector implements AutoCloseable {

    private final ModelFolder folder;
    private final ModelThread<TextRunner> model;

    private ReplacedTokenDetector(ModelFolder folder, ModelThread<TextRunner> model) {
        this.folder = folder;
        this.model = model;
    }

    /**
     * Loads a discriminator, alone or of a pre-training run.
     *
     * @throws IOException if a file is missing or malformed, the model is of another kind, or a tensor is missing, left over or of
     *     another shape
     */
    public static ReplacedTokenDetector load(Path directory, InferenceOptions options) throws IOException {
        ModelKind kind = ModelKind.of(directory);
        if (kind != ModelKind.DISCRIMINATOR) {
            throw new IOException(directory + ": expected " + ModelKind.DISCRIMINATOR + ", found " + kind);
        }
        ModelFolder folder = ModelFolder.open(directory);
        return new ReplacedTokenDetector(folder, ModelThread.start(folder.path(), options.backend(), backend -> {
            EncoderWithHead<ReplacedTokenHead> network =
                    folder.network(backend, (arena, sizes) -> new ReplacedTokenHead(arena, "", sizes));
            return new TextRunner(
                    backend,
                    (tape, inputs) -> network.head().logits(tape, network.encode(tape, inputs.encoder(), false)),
                    options.batchSize(),
                    folder.maxLength(),
                    folder.padId());
        }));
    }

    /**
     * The tokens of a text, without [CLS] and [SEP]; a text that is too long for the model is judged in pieces.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<TokenProbability> detect(String text) {
        return detect(List.of(text)).get(0);
    }

    /**
     * The tokens of each text, in the order of the texts, as {@link #detect(String)} gives them.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<List<TokenProbability>> detect(List<String> texts) {
        Vocabulary vocabulary = folder.tokenizer().vocabulary();
        WordPiece wordPiece = folder.wordPiece();
        int room = folder.maxLength() - 2;
        List<int[]> tokens = new ArrayList<>();
        List<EncodedText> pieces = new ArrayList<>();
        for (String text : texts) {
            int[] ids = wordPiece.encode(text);
            tokens.add(ids);
            for (int from = 0; from < ids.length; from += room) {
                int[] piece = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + room));
                pieces.add(EncodedText.single(piece, folder.maxLength(), vocabulary));
            }
        }
        Iterator<float[]> logits = model.call(runner -> runner.run(pieces)).iterator();
        return tokens.stream().map(ids -> judged(ids, room, logits, vocabulary)).toList();
    }

    /** The tokens of a text by the logits of its pieces, which are the next ones. */
    private static List<TokenProbability> judged(int[] ids, int room, Iterator<float[]> logits, Vocabulary vocabulary) {
        List<TokenProbability> tokens = new ArrayList<>(ids.length);
        float[] piece = null;
        for (int i = 0; i < ids.length; i++) {
            piece = i % room == 0 ? logits.next() : piece;
            double probability = 1 / (1 + Math.exp(-piece[1 + i % room]));
            tokens.add(new TokenProbability(vocabulary.token(ids[i]), null, false, probability));
        }
        return tokens;
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
