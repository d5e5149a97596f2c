package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.inference.batch.MaskedTokenScorer;

/**
 * A pre-trained network that guesses tokens: a generator, or a model by masked-language modelling. Gives the likeliest tokens for
 * every {@code [MASK]} of a text. Safe for use by any number of threads, see the package.
 *
 * <p>In a text that is too long for the model, each mask is judged by the tokens around it, as many as the model reads.
 */
public final class MaskFiller implements AutoCloseable {

    /** What stands for the tokens that are to be guessed. */
    public static final String MASK = "[MASK]";

    private final ModelFolder folder;
    private final ModelThread<MaskedTokenScorer> model;

    private MaskFiller(ModelFolder folder, ModelThread<MaskedTokenScorer> model) {
        this.folder = folder;
        this.model = model;
    }

    /**
     * Loads a network that guesses tokens, alone, or the generator of a pre-training run.
     *
     * @throws IOException if a file is missing or malformed, the model is of another kind, or a tensor is missing, left over or of
     *     another shape
     */
    public static MaskFiller load(Path directory, InferenceOptions options) throws IOException {
        Path generator = directory.resolve(ElectraModel.GENERATOR);
        Path place = Files.isRegularFile(generator.resolve(ModelFiles.CONFIG)) ? generator : directory;
        ModelKind kind = ModelKind.of(place);
        if (kind != ModelKind.GENERATOR) {
            throw new IOException(directory + ": expected " + ModelKind.GENERATOR + ", found " + kind);
        }
        ModelFolder folder = ModelFolder.open(place);
        return new MaskFiller(
                folder,
                ModelThread.start(
                        folder.path(),
                        options.backend(),
                        backend -> new MaskedTokenScorer(
                                folder.network(backend, (arena, sizes) -> new MaskedTokenHead(arena, "", sizes)),
                                options.batchSize(),
                                folder.maxLength(),
                                folder.padId())));
    }

    /** Tokens that there are to choose from. */
    public int vocabularySize() {
        return folder.tokenizer().vocabulary().size();
    }

    /** As {@link #fill(List, int)}, of one text. */
    public List<FilledMask> fill(String text, int top) {
        return fill(List.of(text), top).get(0);
    }

    /**
     * The likeliest tokens for the masks of texts, in the texts' order and the masks'.
     *
     * @param texts with one {@link #MASK} at least
     * @param top how many tokens for each mask, 1 to {@link #vocabularySize()}
     * @throws IllegalArgumentException if a text has no mask, or {@code top} is out of range
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<List<FilledMask>> fill(List<String> texts, int top) {
        if (top < 1 || top > vocabularySize()) {
            throw new IllegalArgumentException(
                    "expected 1 to " + vocabularySize() + " tokens for each mask, got " + top);
        }
        List<MaskedText> masked = new ArrayList<>();
        List<MaskedTokenScorer.Masked> windows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            MaskedText text = MaskedText.of(texts.get(i), folder.wordPiece());
            if (text.masks().isEmpty()) {
                throw new IllegalArgumentException("text number " + (i + 1) + " has no " + MASK
                        + ", which stands for a token that is to be guessed");
            }
            masked.add(text);
            windows.addAll(text.windows(folder.maxLength(), folder.tokenizer().vocabulary()));
        }
        List<LikeliestTokens> found = model.call(scorer -> {
            List<LikeliestTokens> tokens = new ArrayList<>();
            scorer.score(windows, logits -> tokens.add(LikeliestTokens.of(logits, top)));
            return tokens;
        });
        Iterator<LikeliestTokens> next = found.iterator();
        List<List<FilledMask>> results = new ArrayList<>();
        for (MaskedText text : masked) {
            results.add(text.masks().stream()
                    .map(mask -> new FilledMask(
                            mask.start(),
                            mask.start() + MASK.length(),
                            next.next().candidates(folder.tokenizer().vocabulary())))
                    .toList());
        }
        return List.copyOf(results);
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
