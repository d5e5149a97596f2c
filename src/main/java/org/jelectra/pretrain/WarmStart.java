package org.jelectra.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.InitialWeights;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.NetworkFolder;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/**
 * A new run that begins with trained weights: fresh optimiser, step 0, fresh schedule. Weights mean something only together with
 * the vocabulary and casing that they were trained with, so these must be the run's.
 */
public final class WarmStart {

    private static final String REMEDY = " in the run; use the folder's vocabulary, whole (where it is in "
            + TokenizerFiles.FAST_TOKENIZER + " alone, 'jelectra import' writes " + TokenizerFiles.VOCABULARY + ")";

    private final List<NetworkFolder> folders;

    private WarmStart(List<NetworkFolder> folders) {
        this.folders = folders;
    }

    /**
     * Finds the networks in directories ({@link NetworkFolder#find}).
     *
     * @throws IOException if there are none
     */
    public static WarmStart from(List<Path> directories) throws IOException {
        return new WarmStart(NetworkFolder.find(directories));
    }

    /** The {@code vocab.txt} that comes with the weights; null where none does. */
    public Path vocabulary() {
        return folders.stream()
                .map(folder -> folder.path().resolve(TokenizerFiles.VOCABULARY))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    /**
     * The tokenizer that comes with the weights, the first network's that has one; null where none has.
     *
     * @throws IOException if its files are malformed, or not the network's
     */
    public TokenizerFiles tokenizer() throws IOException {
        for (NetworkFolder folder : folders) {
            if (TokenizerFiles.areIn(folder.path())) {
                return tokenizer(folder);
            }
        }
        return null;
    }

    private static TokenizerFiles tokenizer(NetworkFolder folder) throws IOException {
        return TokenizerFiles.load(folder.path(), ModelFiles.readConfig(folder.path()));
    }

    /**
     * The sizes of a network among the weights; null where it is not there.
     *
     * @throws IOException if its {@code config.json} is malformed
     */
    public EncoderConfig sizes(String network) throws IOException {
        for (NetworkFolder folder : folders) {
            if (folder.network().equals(network)) {
                return ModelFiles.readConfig(folder.path());
            }
        }
        return null;
    }

    /**
     * Checks that a model has the sizes of the weights, which are not read.
     *
     * @throws IOException if it has others, or none of the networks
     */
    public void requireSizes(ElectraConfig model) throws IOException {
        InitialWeights.requireSizes(model, folders);
    }

    /**
     * Checks that a run has the vocabulary and the casing of the weights, which are not read.
     *
     * @throws IOException if it has others
     */
    public void requireVocabulary(Vocabulary vocabulary, WordPieceOptions wordPiece) throws IOException {
        for (NetworkFolder folder : folders) {
            if (TokenizerFiles.areIn(folder.path())) {
                requireSame(folder, tokenizer(folder), vocabulary, wordPiece);
            }
        }
    }

    /**
     * Loads the weights into a run that has not begun.
     *
     * @throws IOException if sizes, shapes, vocabulary or casing differ from the run's
     */
    public List<InitialWeights.Report> load(Pretrainer pretrainer, Vocabulary vocabulary, WordPieceOptions wordPiece)
            throws IOException {
        if (pretrainer.step() != 0) {
            throw new IllegalStateException(
                    "a run takes weights up before its first step, got step " + pretrainer.step());
        }
        requireVocabulary(vocabulary, wordPiece);
        return InitialWeights.load(pretrainer.model(), folders);
    }

    private static void requireSame(
            NetworkFolder folder, TokenizerFiles files, Vocabulary vocabulary, WordPieceOptions wordPiece)
            throws IOException {
        int sizes = Math.min(files.vocabulary().size(), vocabulary.size());
        for (int id = 0; id < sizes; id++) {
            if (!files.vocabulary().token(id).equals(vocabulary.token(id))) {
                throw new IOException(folder.path() + ": the run has another vocabulary: token " + id + " is "
                        + files.vocabulary().token(id) + " there and " + vocabulary.token(id) + REMEDY);
            }
        }
        if (files.vocabulary().size() != vocabulary.size()) {
            throw new IOException(folder.path() + ": the run has another vocabulary: "
                    + files.vocabulary().size() + " tokens there, " + vocabulary.size() + REMEDY);
        }
        if (files.options().lowerCase() != wordPiece.lowerCase()
                || files.options().stripAccents() != wordPiece.stripAccents()) {
            throw new IOException(folder.path() + ": trained on text in " + describe(files.options())
                    + ", but the run's is in " + describe(wordPiece) + "; choose the same");
        }
    }

    private static String describe(WordPieceOptions options) {
        return (options.lowerCase() ? "lower case" : "its own case")
                + (options.stripAccents() ? " without accents" : " with accents");
    }
}
