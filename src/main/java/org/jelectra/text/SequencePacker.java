package org.jelectra.text;

import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * Packs documents into sequences without dropping a token: a document that does not fit goes on in the next sequence, and
 * where one ends the next begins in the same sequence as a further segment.
 *
 * <p>The original builder discards whatever exceeds a sequence, by simulation an eighth to a third of the text at L = 128.
 * Kept from it: nine of ten sequences have two segments or more, so that the inner [SEP] and type 1 are trained.
 */
public final class SequencePacker {

    /** A further document begins in a sequence only if this many of its tokens have room; else up to this much is padding. */
    public static final int MIN_SEGMENT_TOKENS = 8;
    /** How often a sequence that would be a single segment is split in two. */
    public static final float SPLIT_PROBABILITY = 0.9f;

    private static final long HELD_OUT_SEED = 0;

    private final TokenizedCorpus corpus;
    private final int length;
    private final RandomSource random;
    private final PackedSequences sequences;
    private int used = 1;

    private SequencePacker(TokenizedCorpus corpus, int length, long seed) {
        this.corpus = corpus;
        this.length = length;
        this.random = new RandomSource(seed, RandomStreams.SEGMENTS, 0, 0);
        this.sequences = new PackedSequences(corpus, length);
    }

    /**
     * Splits off the held-out documents and packs both parts.
     *
     * @param seed decides which sequences are split; the held-out part does not depend on it
     */
    public static PackedCorpus pack(TokenizedCorpus corpus, PackingOptions options, long seed) {
        HeldOutSplit split = new HeldOutSplit(corpus, options.heldOutFraction());
        int length = options.sequenceLength();
        PackedSequences training = new SequencePacker(corpus, length, seed).packAll(split.training());
        PackedSequences heldOut = new SequencePacker(corpus, length, HELD_OUT_SEED).packAll(split.heldOut());
        return new PackedCorpus(
                training,
                heldOut,
                new PackedCorpus.Statistics(
                        corpus.documents(),
                        split.heldOutDocuments(),
                        corpus.size(),
                        training.size(),
                        heldOut.size(),
                        training.paddingFraction(),
                        (double) corpus.unknownTokens() / corpus.size()));
    }

    private PackedSequences packAll(IntList ranges) {
        for (int r = 0; r < ranges.size(); r += 2) {
            packDocument(ranges.get(r), ranges.get(r + 1), r + 2 == ranges.size());
        }
        endSequence();
        return sequences;
    }

    private void packDocument(int start, int end, boolean last) {
        int from = start;
        while (from < end) {
            if (used > 1 && room() < MIN_SEGMENT_TOKENS) {
                endSequence();
            }
            int rest = end - from;
            int take = Math.min(rest, room());
            if (used == 1 && take >= 2 && staysAlone(take, rest, last) && drawSplit()) {
                // The second [SEP] takes a place; a token that loses its own goes to the next sequence.
                take = Math.min(rest, length - 3);
                int middle = corpus.boundaryNearMiddle(from, from + take);
                add(from, middle);
                add(middle, from + take);
            } else {
                add(from, from + take);
            }
            from += take;
        }
    }

    // Whether a sequence that begins with this segment will get no other.
    private boolean staysAlone(int take, int rest, boolean last) {
        return take < rest || last || room() - take - 1 < MIN_SEGMENT_TOKENS;
    }

    private boolean drawSplit() {
        random.restart(0, sequences.size());
        return random.nextFloat() < SPLIT_PROBABILITY;
    }

    /** Places for tokens of one more segment, its [SEP] set aside. */
    private int room() {
        return length - used - 1;
    }

    private void add(int from, int to) {
        sequences.addSegment(from, to);
        used += to - from + 1;
    }

    private void endSequence() {
        if (used > 1) {
            sequences.endSequence();
            used = 1;
        }
    }
}
