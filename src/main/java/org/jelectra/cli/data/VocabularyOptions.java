package org.jelectra.cli.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import picocli.CommandLine.Option;

/** How text is cut into tokens. */
public final class VocabularyOptions extends CasingOptions {

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = "WordPiece vocabulary, one token a line. Default: the uncased English one of BERT.")
    private Path vocabulary;

    private int maxWordLength = WordPieceOptions.DEFAULT_MAX_WORD_LENGTH;

    /** The file that was asked for; null for the bundled vocabulary. */
    public Path file() {
        return vocabulary;
    }

    /** Takes a file where none was asked for. */
    public void defaultFile(Path file) {
        vocabulary = vocabulary == null ? file : vocabulary;
    }

    /** Takes another file, if that is there, where nothing is at the one that was asked for. */
    public void fileOrElse(Path other) {
        if (vocabulary != null && !Files.exists(vocabulary) && Files.isRegularFile(other)) {
            vocabulary = other;
        }
    }

    /** Takes the longest word, in code points, which no option says. */
    public void maxWordLength(int length) {
        maxWordLength = length;
    }

    /** Throws IOException for a file that is no vocabulary. */
    public Vocabulary vocabulary() throws IOException {
        return vocabulary == null ? Vocabulary.bertUncased() : Vocabulary.load(vocabulary);
    }

    /** Throws IllegalArgumentException where capitals are to be kept, which the bundled vocabulary does not have. */
    public WordPieceOptions wordPiece() {
        if (keepsCapitals() && vocabulary == null) {
            throw new IllegalArgumentException(
                    "--no-lower-case needs a cased vocabulary: expected --vocab FILE, got none,"
                            + " and the bundled one is uncased ('jelectra vocab --no-lower-case' makes one from text)");
        }
        return wordPiece(maxWordLength);
    }
}
