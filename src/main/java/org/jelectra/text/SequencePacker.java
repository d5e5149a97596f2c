package org.jelectra.text;

/**
 * Packs documents into sequences without dropping a token: a document that does not fit goes on in the next sequence, and
 * where one ends the next begins in the same sequence as a further segment. {@link SegmentCutter} has the rules.
 */
public final class SequencePacker {

    /** A further document begins in a sequence only if this many of its tokens have room; else up to this much is padding. */
    public static final int MIN_SEGMENT_TOKENS = 8;
    /** How often a sequence that would be a single segment is split in two. */
    public static final float SPLIT_PROBABILITY = 0.9f;
    /** How often a sequence is shorter than it could be. */
    public static final float SHORT_PROBABILITY = 0.05f;
    /** Seed of the held-out part, the same for all runs. */
    public static final long HELD_OUT_SEED = 0;

    private SequencePacker() {}

    /**
     * Splits off the held-out documents and packs both parts.
     *
     * @param seed decides which sequences are split and which are shorter; the held-out part does not depend on it
     */
    public static PackedCorpus pack(TokenizedCorpus corpus, PackingOptions options, long seed) {
        HeldOutSplit split = new HeldOutSplit(corpus, options.heldOutFraction());
        int length = options.sequenceLength();
        PackedSequences training = packAll(corpus, split.training(), length, seed);
        PackedSequences heldOut = packAll(corpus, split.heldOut(), length, HELD_OUT_SEED);
        return new PackedCorpus(
                training,
                heldOut,
                new PackedCorpus.Statistics(
                        corpus.documents(),
                        split.heldOutDocuments(),
                        corpus.size(),
                        (double) corpus.unknownTokens() / corpus.size()));
    }

    private static PackedSequences packAll(TokenizedCorpus corpus, IntList ranges, int length, long seed) {
        CorpusSequences sequences = new CorpusSequences(corpus, length);
        SegmentCutter cutter = new SegmentCutter(length, seed, SegmentCutter.State.START, sequences);
        for (int r = 0; r < ranges.size(); r += 2) {
            cutter.cut(ranges.get(r), ranges.get(r + 1), true, r + 2 == ranges.size());
        }
        cutter.finish();
        return sequences;
    }
}
