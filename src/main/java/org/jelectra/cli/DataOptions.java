package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.electra.Preset;
import org.jelectra.text.Corpus;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.VocabularySubset;
import org.jelectra.text.WordPieceOptions;
import picocli.CommandLine.Option;

/** Which text is trained on, and how it is cut into tokens. */
final class DataOptions {

    @Option(
            names = "--data",
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description = "Text to train on: UTF-8 files, also .gz, or folders of them; blank lines end documents."
                    + " Default: the bundled sample (4 MB of public-domain English).")
    private List<Path> data;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = "WordPiece vocabulary, one token a line. Default: the uncased English one of BERT.")
    private Path vocabulary;

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "Keep the N tokens of the vocabulary that the text needs most; 0 keeps all."
                    + " Default: 0, but for the tiny preset without --vocab a small number that suits it.")
    private Integer vocabularySize;

    @Option(
            names = "--lower-case",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Lower-case the text and strip accents, or keep both (--no-lower-case, needs a cased --vocab)."
                            + " Default: lower-case.")
    private Boolean lowerCase;

    @Option(
            names = "--held-out",
            paramLabel = "FRACTION",
            description = "Share of the documents kept for evaluation. Default: "
                    + PackingOptions.DEFAULT_HELD_OUT_FRACTION + ".")
    private double heldOut = PackingOptions.DEFAULT_HELD_OUT_FRACTION;

    private Corpus corpus() throws IOException {
        return data == null ? Corpus.sample() : Corpus.open(data);
    }

    String describe() {
        return data == null
                ? "bundled sample"
                : String.join(", ", data.stream().map(Path::toString).toList());
    }

    Vocabulary vocabulary() throws IOException {
        return vocabulary == null ? Vocabulary.bertUncased() : Vocabulary.load(vocabulary);
    }

    /** The text in tokens of the vocabulary, or of the part of it that was asked for. */
    TokenizedCorpus tokens(Vocabulary whole, Preset preset, int threads) throws IOException {
        TokenizedCorpus tokens = TokenizedCorpus.tokenize(corpus(), whole, wordPiece(), threads);
        int size = vocabularySize != null ? vocabularySize : vocabulary == null ? preset.vocabularySize() : 0;
        if (size < 0) {
            throw new IllegalArgumentException("the vocabulary size must not be negative, got " + size);
        }
        if (size == 0 || size >= whole.size()) {
            return tokens;
        }
        return TokenizedCorpus.tokenize(corpus(), VocabularySubset.of(tokens, size), wordPiece(), threads);
    }

    WordPieceOptions wordPiece() {
        return lowerCase == null || lowerCase ? WordPieceOptions.uncased() : WordPieceOptions.cased();
    }

    PackingOptions packing(int sequenceLength) {
        return new PackingOptions(sequenceLength, heldOut);
    }
}
