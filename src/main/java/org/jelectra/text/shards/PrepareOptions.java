package org.jelectra.text.shards;

import org.jelectra.text.PackingOptions;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/**
 * How text becomes shards.
 *
 * @param vocabulary vocabulary of the ids
 * @param wordPiece how the text is normalised
 * @param packing length of the sequences and share of the documents to hold out
 * @param seed decides which sequences are split into two segments; a run with this seed on the text itself packs alike
 * @param minTokens shorter documents are dropped, unless they have more than 2^18 characters (32 more for each line); 1 drops none
 *     but empty ones
 * @param dropDuplicates whether documents that resemble an earlier one are dropped; they are counted in any case
 * @param sequencesPerShard sequences of a shard
 * @param threads threads that tokenise; the result does not depend on it
 * @param checkpointSeconds time between notes of how far the work is, from which it goes on after a crash; a complete shard is
 *     always noted
 */
public record PrepareOptions(
        Vocabulary vocabulary,
        WordPieceOptions wordPiece,
        PackingOptions packing,
        long seed,
        int minTokens,
        boolean dropDuplicates,
        int sequencesPerShard,
        int threads,
        double checkpointSeconds) {

    /** Size of a shard where nothing else is asked for. */
    public static final int DEFAULT_SHARD_BYTES = 64 << 20;

    private static final double DEFAULT_CHECKPOINT_SECONDS = 5;

    /** Checks the ranges. */
    public PrepareOptions {
        if (packing.sequenceLength() > ShardManifest.LONGEST_SEQUENCE) {
            throw new IllegalArgumentException("the sequence length must be at most " + ShardManifest.LONGEST_SEQUENCE
                    + ", got " + packing.sequenceLength());
        }
        positive("least number of tokens", minTokens);
        positive("number of sequences per shard", sequencesPerShard);
        positive("number of threads", threads);
        long bytes = ShardHeader.BYTES
                + (long) sequencesPerShard * packing.sequenceLength() * ShardManifest.bytesPerId(vocabulary.size());
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a shard must stay below 2 GiB, got " + bytes + " bytes");
        }
        if (!(checkpointSeconds >= 0)) {
            throw new IllegalArgumentException("the time between notes must not be negative, got " + checkpointSeconds);
        }
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + what + " must be positive, got " + value);
        }
    }

    /** Everything kept, seed 1, shards of 64 MiB. */
    public static PrepareOptions of(
            Vocabulary vocabulary, WordPieceOptions wordPiece, PackingOptions packing, int threads) {
        int rowBytes = packing.sequenceLength() * ShardManifest.bytesPerId(vocabulary.size());
        return new PrepareOptions(
                vocabulary,
                wordPiece,
                packing,
                1,
                1,
                false,
                Math.max(1, DEFAULT_SHARD_BYTES / rowBytes),
                threads,
                DEFAULT_CHECKPOINT_SECONDS);
    }

    /** These options with another seed. */
    public PrepareOptions withSeed(long newSeed) {
        return new PrepareOptions(
                vocabulary,
                wordPiece,
                packing,
                newSeed,
                minTokens,
                dropDuplicates,
                sequencesPerShard,
                threads,
                checkpointSeconds);
    }

    /** These options with other rules of what is dropped. */
    public PrepareOptions withDropping(int newMinTokens, boolean newDropDuplicates) {
        return new PrepareOptions(
                vocabulary,
                wordPiece,
                packing,
                seed,
                newMinTokens,
                newDropDuplicates,
                sequencesPerShard,
                threads,
                checkpointSeconds);
    }

    /**
     * These options with shards of about this size.
     *
     * @throws IllegalArgumentException if it is not positive, or 2 GiB or more
     */
    public PrepareOptions withShardBytes(double bytes) {
        if (!(bytes > 0 && bytes < Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "the size of a shard must be positive and below 2 GiB, got " + bytes + " bytes");
        }
        int rowBytes = packing.sequenceLength() * ShardManifest.bytesPerId(vocabulary.size());
        return withShards((int) Math.max(1, bytes / rowBytes), checkpointSeconds);
    }

    /** These options with shards of another size, and other notes on how far the work is. */
    public PrepareOptions withShards(int newSequencesPerShard, double newCheckpointSeconds) {
        return new PrepareOptions(
                vocabulary,
                wordPiece,
                packing,
                seed,
                minTokens,
                dropDuplicates,
                newSequencesPerShard,
                threads,
                newCheckpointSeconds);
    }
}
