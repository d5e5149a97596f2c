package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/**
 * A prepared corpus, mapped into memory. Needs next to no heap, whatever its size. The same text packed in memory with the same
 * vocabulary, length, held-out fraction and seed gives the same sequences in the same order (the single exception: the held-out
 * end of a corpus that is one document), so that training does too.
 */
public final class ShardedCorpus {

    /** Name of the vocabulary's file. */
    public static final String VOCABULARY = "vocab.txt";

    /** How much is checked on opening. */
    public enum Check {
        /** Headers and sizes: any number of shards within moments. */
        SIZES,
        /** Also the checksums of all rows, which reads everything once. */
        CHECKSUMS
    }

    private final ShardManifest manifest;
    private final Vocabulary vocabulary;
    private final PackedSequences training;
    private final PackedSequences heldOut;

    private ShardedCorpus(
            ShardManifest manifest, Vocabulary vocabulary, PackedSequences training, PackedSequences heldOut) {
        this.manifest = manifest;
        this.vocabulary = vocabulary;
        this.training = training;
        this.heldOut = heldOut;
    }

    /**
     * Opens a directory made by {@link Preparation}.
     *
     * @throws IOException if it is not complete, or a file is missing, damaged, of another version, or does not belong to the
     *     manifest; the message names file and remedy
     */
    public static ShardedCorpus open(Path directory, Check check) throws IOException {
        ShardManifest manifest = ShardManifest.read(directory);
        Path file = directory.resolve(VOCABULARY);
        Vocabulary vocabulary = Vocabulary.load(file);
        checkVocabulary(manifest, vocabulary, file.toString());
        return new ShardedCorpus(
                manifest,
                vocabulary,
                open(directory, manifest, Part.TRAINING, vocabulary, check),
                open(directory, manifest, Part.HELD_OUT, vocabulary, check));
    }

    /**
     * Checks that a vocabulary is the one that a directory was prepared with.
     *
     * @param source what to call the vocabulary in the message
     * @throws IOException if it is another one
     */
    public static void checkVocabulary(ShardManifest manifest, Vocabulary vocabulary, String source)
            throws IOException {
        String hash = vocabulary.sha256();
        if (!hash.equals(manifest.vocabularyHash())) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s: not the vocabulary that the text was prepared with: expected %d tokens with SHA-256 %s..., found %d"
                            + " with %s...; use that vocabulary, or prepare the text again",
                    source,
                    manifest.vocabularySize(),
                    manifest.vocabularyHash().substring(0, 12),
                    vocabulary.size(),
                    hash.substring(0, 12)));
        }
    }

    private static PackedSequences open(
            Path directory, ShardManifest manifest, Part part, Vocabulary vocabulary, Check check) throws IOException {
        List<MappedShard> shards = new ArrayList<>();
        for (ShardInfo info : manifest.part(part).shards()) {
            MappedShard shard = MappedShard.open(directory.resolve(info.file()));
            require(manifest, part, shards.size(), info, shard);
            if (check == Check.CHECKSUMS) {
                shard.verify();
            }
            shards.add(shard);
        }
        return new ShardedSequences(shards, manifest, manifest.part(part), vocabulary);
    }

    /** Checks that a shard is the one that the manifest lists. */
    static void require(ShardManifest manifest, Part part, int number, ShardInfo info, MappedShard shard)
            throws IOException {
        ShardHeader header = shard.header();
        if (!header.vocabularyHash().equals(manifest.vocabularyHash())) {
            throw new IOException(shard.file() + ": made with another vocabulary (SHA-256 "
                    + header.vocabularyHash().substring(0, 12) + "..., expected "
                    + manifest.vocabularyHash().substring(0, 12) + "...); prepare the text again");
        }
        boolean same = header.part() == part
                && header.number() == number
                && header.bytesPerId() == manifest.bytesPerId()
                && header.sequenceLength() == manifest.sequenceLength()
                && header.sequences() == info.sequences()
                && header.tokens() == info.tokens()
                && header.segments() == info.segments()
                && header.fileBytes() == info.bytes()
                && header.checksum() == info.checksum();
        if (!same) {
            throw new IOException(shard.file() + ": not the shard that " + ShardManifest.FILE_NAME
                    + " lists under this name; do the files come from two preparations?");
        }
    }

    /** What is known of the directory. */
    public ShardManifest manifest() {
        return manifest;
    }

    /** The vocabulary of the ids. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The sequences of a part. */
    public PackedSequences part(Part part) {
        return part == Part.TRAINING ? training : heldOut;
    }

    /** The sequences of both parts with their counts, as {@code SequencePacker} would give them. */
    public PackedCorpus packed() {
        PreparedCounts counts = manifest.counts();
        return new PackedCorpus(
                training,
                heldOut,
                new PackedCorpus.Statistics(
                        manifest.training().documents() + manifest.heldOut().documents(),
                        manifest.heldOut().documents(),
                        counts.keptTokens(),
                        counts.unknownFraction()));
    }
}
