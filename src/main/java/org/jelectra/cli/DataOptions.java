package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.text.Corpus;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.Vocabulary;
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

    Corpus corpus() throws IOException {
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

    WordPieceOptions wordPiece() {
        return lowerCase == null || lowerCase ? WordPieceOptions.uncased() : WordPieceOptions.cased();
    }

    PackingOptions packing(int sequenceLength) {
        return new PackingOptions(sequenceLength, heldOut);
    }
}
