package org.jelectra.cli.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.ByteProgress;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.Counted;
import org.jelectra.cli.console.Threads;
import org.jelectra.io.AtomicFile;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.vocab.Alphabet;
import org.jelectra.text.vocab.Coverage;
import org.jelectra.text.vocab.VocabularySettings;
import org.jelectra.text.vocab.VocabularyTrainer;
import org.jelectra.text.vocab.WordCounts;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra vocab}: a WordPiece vocabulary of one's own text. */
@Command(
        name = "vocab",
        sortOptions = false,
        description = "Trains a WordPiece vocabulary on text, in the format of BERT's vocab.txt.")
public final class VocabCommand implements Callable<Integer> {

    /** In English few words have accents. */
    private static final double MANY_STRIPPED = 0.01;

    /** Addresses of the web are some of them. */
    private static final double MANY_LONG = 0.001;

    private static final double MANY_FORGOTTEN = 0.05;
    private static final String SPACES = "a text that is written without spaces needs some between its words";

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "Where the vocabulary goes, one token a line; must not exist.")
    private Path output;

    @Option(
            names = "--data",
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description = "Text to train on, as of prepare. Default: the bundled sample.")
    private List<Path> data;

    @Mixin
    private ReadingOptions reading = new ReadingOptions();

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Tokens of the vocabulary. Default: " + VocabularySettings.DEFAULT_SIZE + ".")
    private int size = VocabularySettings.DEFAULT_SIZE;

    @Mixin
    private CasingOptions casing = new CasingOptions();

    @Option(
            names = "--min-frequency",
            paramLabel = "N",
            description = "How often a piece must occur. Default: " + VocabularySettings.DEFAULT_MIN_FREQUENCY + ".")
    private int minFrequency = VocabularySettings.DEFAULT_MIN_FREQUENCY;

    @Option(
            names = "--alphabet",
            paramLabel = "N",
            description = "Most different characters; words with rarer ones are [UNK]. Ideographs need more. Default: "
                    + VocabularySettings.DEFAULT_ALPHABET_SIZE + ".")
    private int alphabetSize = VocabularySettings.DEFAULT_ALPHABET_SIZE;

    @Option(
            names = "--evaluate",
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description = "Text to measure the vocabulary on. Default: the text that it is trained on.")
    private List<Path> evaluate;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that count words. Default: all processors.")
    private Integer threads;

    @Override
    public Integer call() throws IOException {
        WordPieceOptions wordPiece = casing.wordPiece(WordPieceOptions.DEFAULT_MAX_WORD_LENGTH);
        VocabularySettings settings;
        try {
            settings = new VocabularySettings(size, wordPiece, minFrequency, alphabetSize, Threads.of(threads));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (Files.exists(output)) {
            throw new IOException(output + ": exists already; choose another --output or delete it");
        }
        AtomicFile.requireWritable(output);
        Corpus corpus = reading.open(data);
        // opened before the work, as it may not be there
        Corpus measuredOn = evaluate == null ? null : reading.open(evaluate);
        WordCounts counts = count(corpus, settings);
        console.out().printf(Locale.ROOT, "merging the characters of %,d different words%n", counts.size());
        Vocabulary vocabulary = VocabularyTrainer.train(counts, settings);
        vocabulary.write(output);
        Alphabet alphabet = Alphabet.of(counts, settings);
        String fewer = alphabet.leftOut() == 0
                ? " (no more pieces are frequent enough)"
                : " (no more pieces without the characters that are left out are frequent enough)";
        console.out()
                .printf(
                        Locale.ROOT,
                        "%s: %,d tokens from %,d words of text%s%n",
                        output,
                        vocabulary.size(),
                        counts.total(),
                        vocabulary.size() < size ? fewer : "");
        if (alphabet.leftOut() > 0) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s (%.2f %% of the text) left out by --alphabet %d: words with them are [UNK]%n",
                            Counted.of(alphabet.leftOut(), "character"),
                            100 * alphabet.leftOutShare(),
                            alphabetSize);
        }
        tellLosses(counts, wordPiece);
        WordCounts measured = measuredOn == null ? counts : count(measuredOn, settings);
        report("this vocabulary", measured, vocabulary, wordPiece);
        if (wordPiece.equals(WordPieceOptions.uncased())) {
            report("BERT's uncased English", measured, Vocabulary.bertUncased(), wordPiece);
        }
        return 0;
    }

    /** What no vocabulary of these words can say of the text. */
    private void tellLosses(WordCounts counts, WordPieceOptions wordPiece) {
        double tooLong = (double) counts.tooLong() / (counts.total() + counts.tooLong());
        tell(
                tooLong > MANY_LONG,
                "%.1f %% of the words are longer than %d characters: each is [UNK]; " + SPACES,
                100 * tooLong,
                wordPiece.maxWordLength());
        tell(
                counts.forgottenShare() > MANY_FORGOTTEN,
                "%.1f %% of the words were forgotten, as there are more than %,d different ones; " + SPACES,
                100 * counts.forgottenShare(),
                WordCounts.MOST_WORDS);
        tell(
                counts.strippedShare() > MANY_STRIPPED,
                "%.1f %% of the words lose accents, vowel signs or the like: --no-strip-accents keeps them",
                100 * counts.strippedShare());
    }

    private void tell(boolean applies, String format, Object... values) {
        if (applies) {
            console.out().printf(Locale.ROOT, format + "%n", values);
        }
    }

    private WordCounts count(Corpus corpus, VocabularySettings settings) throws IOException {
        try (ByteProgress progress = new ByteProgress(console.out(), console.terminal(), "words")) {
            WordCounts counts = WordCounts.of(corpus, settings.wordPiece(), settings.threads(), progress::onProgress);
            progress.endLine();
            if (counts.replaced().count() > 0) {
                console.out().println("replaced in the text: " + ManifestView.text(counts.replaced()));
            }
            return counts;
        }
    }

    private void report(String name, WordCounts counts, Vocabulary vocabulary, WordPieceOptions wordPiece) {
        Coverage coverage = Coverage.of(counts, vocabulary, wordPiece);
        console.out()
                .printf(
                        Locale.ROOT,
                        "%-23s %,7d tokens: %.4f tokens per word, %.4f %% of the words unknown, %,d tokens used%n",
                        name,
                        vocabulary.size(),
                        coverage.tokensPerWord(),
                        100 * coverage.unknownShare(),
                        coverage.usedTokens());
    }
}
