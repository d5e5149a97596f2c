package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.data.DocumentOptions;
import org.jelectra.cli.data.VocabularyOptions;
import org.jelectra.electra.Preset;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.VocabularySubset;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.shards.ShardManifest;
import org.jelectra.text.shards.ShardedCorpus;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which text is trained on: files, or a directory of shards, whose manifest then decides vocabulary, casing and length. */
final class DataOptions {

    @Option(
            names = "--data",
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description =
                    "Text to train on: UTF-8 files with blank lines between documents, or JSON Lines (.jsonl, .ndjson, .json), also .gz"
                            + " and .xz, or folders of them; or one directory made by 'jelectra prepare'."
                            + " Default: the bundled sample (4 MB of public-domain English).")
    private List<Path> data;

    @ArgGroup(exclusive = false, validate = false)
    private DocumentOptions reading = new DocumentOptions();

    @ArgGroup(exclusive = false, validate = false)
    private VocabularyOptions tokens = new VocabularyOptions();

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "Keep the N tokens of the vocabulary that the text needs most; 0 keeps all."
                    + " Default: 0, but 1000 for the tiny preset without --vocab.")
    private Integer vocabularySize;

    @Option(
            names = "--held-out",
            paramLabel = "FRACTION",
            description = "Share of the documents kept for evaluation. Default: "
                    + PackingOptions.DEFAULT_HELD_OUT_FRACTION + ".")
    private Double heldOut;

    /** Whether text is named, rather than the bundled sample to be taken. */
    boolean isNamed() {
        return data != null;
    }

    /** The manifest of the prepared directory that is to be trained on; null where text is. */
    ShardManifest manifest() throws IOException {
        if (data == null) {
            return null;
        }
        for (Path path : data) {
            if (ShardManifest.looksPrepared(path)) {
                if (data.size() > 1) {
                    throw new IOException(
                            path + " is made by prepare: expected it alone, got " + data.size() + " --data");
                }
                return ShardManifest.read(path);
            }
        }
        return null;
    }

    /**
     * Takes what the weights to begin with say of text.
     *
     * @param vocabulary to use where none is asked for; null for the bundled one
     * @param maxWordLength longest word in code points
     */
    void begunWith(Path vocabulary, int maxWordLength) {
        tokens.defaultFile(vocabulary);
        tokens.maxWordLength(maxWordLength);
    }

    /** Takes the vocabulary that a run has kept where the file that it was begun with is gone. */
    void orVocabulary(Path kept) {
        tokens.fileOrElse(kept);
    }

    /** Throws IOException where a file or folder of the text of a run is gone. */
    void requireThere(Path run) throws IOException {
        for (Path path : data == null ? List.<Path>of() : data) {
            if (!Files.exists(path)) {
                throw new IOException(path + ": expected the text of the run " + run
                        + ", found nothing there; where it lies elsewhere now, name that: --data FILE|DIR");
            }
        }
    }

    /** Most tokens of the vocabulary, as far as is known before the text is read. */
    int vocabularySize(ShardManifest manifest, Preset preset) throws IOException {
        if (cutsVocabulary(manifest, preset)) {
            return wantedVocabulary(preset);
        }
        return manifest == null ? tokens.vocabulary().size() : manifest.vocabularySize();
    }

    /** The vocabulary, as far as it is known before the text is read; throws IOException if it is not the one of the shards. */
    Vocabulary vocabulary(ShardManifest manifest) throws IOException {
        if (manifest == null) {
            return tokens.vocabulary();
        }
        Path file = tokens.file() == null ? data.get(0).resolve(ShardedCorpus.VOCABULARY) : tokens.file();
        Vocabulary vocabulary = Vocabulary.load(file);
        ShardedCorpus.checkVocabulary(manifest, vocabulary, file.toString());
        return vocabulary;
    }

    /** How text is or was normalised. */
    WordPieceOptions wordPiece(ShardManifest manifest) {
        return manifest == null ? tokens.wordPiece() : manifest.wordPiece();
    }

    /** Number of tokens of the vocabulary; reads the text where its vocabulary is to be cut down. */
    int vocabularySize(ShardManifest manifest, Preset preset, int threads) throws IOException {
        if (manifest != null) {
            return manifest.vocabularySize();
        }
        if (cutsVocabulary(manifest, preset)) {
            return tokens(preset, threads).vocabulary().size();
        }
        reading.open(data); // which must be there
        return tokens.vocabulary().size();
    }

    /** Whether the text has to be read to know its vocabulary, which is to be cut down to what it needs. */
    boolean cutsVocabulary(ShardManifest manifest, Preset preset) throws IOException {
        int size = wantedVocabulary(preset);
        return manifest == null && size != 0 && size < tokens.vocabulary().size();
    }

    private int wantedVocabulary(Preset preset) {
        int size = vocabularySize != null ? vocabularySize : tokens.file() == null ? preset.vocabularySize() : 0;
        if (size < 0) {
            throw new IllegalArgumentException("the vocabulary size must not be negative, got " + size);
        }
        return size;
    }

    /** Throws IllegalArgumentException for a length, a share or a casing that does not go with the text or the vocabulary. */
    PackingOptions packing(ShardManifest manifest, int sequenceLength) {
        if (manifest == null) {
            tokens.wordPiece(); // which must suit the vocabulary
            return new PackingOptions(
                    sequenceLength, heldOut == null ? PackingOptions.DEFAULT_HELD_OUT_FRACTION : heldOut);
        }
        Path directory = data.get(0);
        if (sequenceLength != manifest.sequenceLength()) {
            throw new IllegalArgumentException(directory + " is prepared for sequences of " + manifest.sequenceLength()
                    + " tokens, not " + sequenceLength + "; leave --sequence-length out, or prepare it again");
        }
        if (heldOut != null && heldOut != manifest.heldOutFraction()) {
            throw new IllegalArgumentException(directory + " is prepared with --held-out " + manifest.heldOutFraction()
                    + "; leave --held-out out, or prepare it again");
        }
        if (vocabularySize != null && vocabularySize != 0 && vocabularySize != manifest.vocabularySize()) {
            throw new IllegalArgumentException(directory + " is prepared with a vocabulary of "
                    + manifest.vocabularySize() + " tokens; leave --vocab-size out");
        }
        if (reading.namesInvalidUtf8()) {
            throw new IllegalArgumentException(
                    directory + " is prepared: its text is not read again; leave --invalid-utf8 out");
        }
        if (reading.contradicts(manifest.blankLines())) {
            throw new IllegalArgumentException(directory + " is prepared with --blank-lines "
                    + manifest.blankLines().name().toLowerCase(Locale.ROOT)
                    + "; leave --blank-lines out, or prepare it again");
        }
        if (tokens.contradicts(manifest.wordPiece())) {
            throw new IllegalArgumentException(directory + " is prepared "
                    + (manifest.wordPiece().lowerCase() ? "in lower case" : "with capitals") + " and "
                    + (manifest.wordPiece().stripAccents() ? "without" : "with")
                    + " accents; leave the options of casing out, or prepare it again");
        }
        return new PackingOptions(manifest.sequenceLength(), manifest.heldOutFraction());
    }

    /** Reads and packs the text, or opens the shards and checks them. */
    TrainingText load(ShardManifest manifest, PackingOptions packing, Preset preset, int threads, long seed)
            throws IOException {
        if (manifest != null) {
            if (tokens.file() != null) {
                ShardedCorpus.checkVocabulary(
                        manifest, tokens.vocabulary(), tokens.file().toString());
            }
            ShardedCorpus corpus = ShardedCorpus.open(data.get(0), ShardedCorpus.Check.CHECKSUMS);
            return new TrainingText(
                    describe(),
                    true,
                    corpus.packed(),
                    corpus.vocabulary(),
                    manifest.wordPiece(),
                    manifest.heldOutFraction(),
                    manifest.seed(),
                    manifest.counts().replaced());
        }
        TokenizedCorpus corpus = tokens(preset, threads);
        return new TrainingText(
                describe(),
                false,
                SequencePacker.pack(corpus, packing, seed),
                corpus.vocabulary(),
                tokens.wordPiece(),
                packing.heldOutFraction(),
                seed,
                corpus.replaced());
    }

    private TokenizedCorpus tokens(Preset preset, int threads) throws IOException {
        TokenizedCorpus corpus =
                TokenizedCorpus.tokenize(reading.open(data), tokens.vocabulary(), tokens.wordPiece(), threads);
        if (!cutsVocabulary(null, preset)) {
            return corpus;
        }
        Vocabulary cut = VocabularySubset.of(corpus, wantedVocabulary(preset));
        return TokenizedCorpus.tokenize(reading.open(data), cut, tokens.wordPiece(), threads);
    }

    private String describe() {
        return data == null
                ? "bundled sample"
                : String.join(", ", data.stream().map(Path::toString).toList());
    }
}
