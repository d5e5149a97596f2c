package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.cli.console.Failure;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Preset;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.WarmStart;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/**
 * The weights that a run begins with, and what they decide besides: the networks' sizes and the vocabulary. Once there is a
 * snapshot the run's directory has both, and the folder of {@code --init-from} is not needed any more.
 */
final class RunWeights {

    /** The vocabulary of a run, in its directory. */
    static final String VOCABULARY = "vocab.txt";

    private final ModelOptions model;
    private final WarmStart warmStart;
    private final ElectraConfig recorded;
    private final Path vocabulary;

    private RunWeights(ModelOptions model, WarmStart warmStart, ElectraConfig recorded, Path vocabulary) {
        this.model = model;
        this.warmStart = warmStart;
        this.recorded = recorded;
        this.vocabulary = vocabulary;
    }

    /**
     * What the options ask for.
     *
     * @param resumed directory of the run that goes on; null for a new one
     * @throws IOException if the weights are needed and not there, or a file of the run's tokenizer, or the run's settings are damaged
     */
    static RunWeights of(StartOptions start, ModelOptions model, Path resumed) throws IOException {
        if (!start.givesWeights()) {
            return new RunWeights(model, null, null, null);
        }
        if (resumed != null && new SnapshotFolder(resumed).hasAny()) {
            requireTokenizer(resumed);
            return new RunWeights(model, null, RunSoFar.settings(resumed).model(), resumed.resolve(VOCABULARY));
        }
        try {
            WarmStart warmStart = start.warmStart();
            return new RunWeights(model, warmStart, null, warmStart.vocabulary());
        } catch (IOException e) {
            throw resumed == null
                    ? e
                    : new IOException(
                            resumed + " has no snapshot to go on from, so that the run would begin again with its"
                                    + " weights (--init-from): " + Failure.line(e),
                            e);
        }
    }

    // neither the run's options nor its text say the longest word and the lengths that the weights were trained with
    private static void requireTokenizer(Path run) throws IOException {
        for (String name : List.of(VOCABULARY, TokenizerFiles.CONFIG)) {
            Path file = run.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new IOException(file + ": missing, and the run began with given weights (--init-from), whose"
                        + " tokenizer it is; copy it from the run's discriminator or generator, or from a backup");
            }
        }
    }

    /** The vocabulary to use where no other is asked for; null for the bundled one. */
    Path vocabulary() {
        return vocabulary;
    }

    /**
     * The longest word, in code points, that the weights' tokenizer reads, or jelectra's own where none comes with them.
     *
     * @throws IOException if the tokenizer's files are malformed, or not the model's
     */
    int maxWordLength() throws IOException {
        TokenizerFiles files = tokenizer();
        return files == null
                ? WordPieceOptions.DEFAULT_MAX_WORD_LENGTH
                : files.options().maxWordLength();
    }

    /**
     * The longest sequence, in tokens, that the weights were trained on, at most their positions; 0 where no tokenizer comes with
     * them to say so.
     *
     * @throws IOException as {@link #maxWordLength}
     */
    int trainedLength() throws IOException {
        TokenizerFiles files = tokenizer();
        return files == null ? 0 : files.trainedLength();
    }

    private TokenizerFiles tokenizer() throws IOException {
        if (recorded != null) {
            return TokenizerFiles.load(vocabulary.getParent(), recorded.generator());
        }
        return warmStart == null ? null : warmStart.tokenizer();
    }

    /** The preset of what no option and no weights say; throws as {@link ModelOptions#preset}. */
    Preset preset() throws IOException {
        return model.preset(warmStart);
    }

    /** Whether there are weights to load. */
    boolean areGiven() {
        return warmStart != null;
    }

    /** Whether the run has begun with weights, which a run that goes on from a snapshot does not load again. */
    boolean wereGiven() {
        return areGiven() || recorded != null;
    }

    /** Whether nobody has named the preset, so that the weights' hidden size has chosen it. */
    boolean tellPreset() {
        return areGiven() && !model.namesPreset();
    }

    /** The sizes for a vocabulary of that size; throws as {@link ModelOptions#config}. */
    ElectraConfig config(int vocabularySize) throws IOException {
        if (recorded != null) {
            return recorded;
        }
        ElectraConfig config = model.config(vocabularySize, warmStart);
        model.requireWeights(warmStart);
        return config;
    }

    /** Throws IOException where a model has other sizes than the weights that are to be loaded, if any. */
    void requireSizes(ElectraConfig config) throws IOException {
        if (warmStart != null) {
            warmStart.requireSizes(config);
        }
    }

    /** Throws IOException where text is cut into other tokens than the text of the weights that are to be loaded, if any. */
    void requireVocabulary(Vocabulary tokens, WordPieceOptions wordPiece) throws IOException {
        if (warmStart != null) {
            warmStart.requireVocabulary(tokens, wordPiece);
        }
    }

    /**
     * The weights to load; null for random ones.
     *
     * @throws IOException if the run was to go on from a snapshot
     */
    WarmStart warmStart() throws IOException {
        if (recorded != null) {
            throw new IOException(
                    vocabulary.getParent() + ": expected the snapshots that were there a moment ago, found none");
        }
        return warmStart;
    }
}
