package org.jelectra.text;

import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * Decides where documents are cut into segments and sequences, token by token as they come, without dropping one. Knows
 * positions only: the tokens may lie in memory or stream by. Holds no more than where it is, so that packing can be interrupted.
 *
 * <p>Of the sequences that would be a single segment nine of ten are split, so that the inner [SEP] and type 1 are trained, and one
 * sequence in twenty is shorter, of any length from 5 to L alike, as texts are that a trained model reads. (In the original builder 0.9
 * is the chance to try two segments; where the first takes all lines there is no second. It draws short sequences as often, discards
 * whatever exceeds a sequence, and ends one with its document.)
 */
public final class SegmentCutter {

    /** Receives the segments of one sequence after the other. */
    public interface Sink {

        /** The sequence goes on with tokens [from, to), followed by a [SEP]. */
        void segment(long from, long to);

        /** The line end strictly between two positions that is nearest to their middle, else the middle itself. */
        long boundaryNearMiddle(long from, long to);

        /** The sequence ends. */
        void endSequence();
    }

    /** Where packing stands between two calls: places taken in the open sequence, and sequences ended before it. */
    public record State(int used, long sequences) {

        /** Before the first token. */
        public static final State START = new State(1, 0);
    }

    private final int length;
    private final RandomSource random;
    private final Sink sink;
    private int used;
    private long sequences;
    /** What was drawn for the open sequence: its longest length, and whether it becomes two segments where it would be one. */
    private int longest;

    private boolean splits;

    /**
     * Goes on from a state.
     *
     * @param length longest sequence L with [CLS] and [SEP], at least 5
     * @param seed decides which sequences are split and which are shorter
     */
    public SegmentCutter(int length, long seed, State state, Sink sink) {
        this.length = length;
        this.random = new RandomSource(seed, RandomStreams.SEGMENTS, 0, 0);
        this.sink = sink;
        this.used = state.used();
        this.sequences = state.sequences();
        draw();
    }

    /** Where packing stands. */
    public State state() {
        return new State(used, sequences);
    }

    /** Tokens of a document that has not ended are cut only while more than this many are there. */
    public int lookAhead() {
        return length;
    }

    /**
     * Cuts tokens [from, to) of a document.
     *
     * @param ended whether the document ends at {@code to}; if not, the last {@link #lookAhead()} tokens are left for later
     * @param last whether no other document follows; counts only if it has ended
     * @return the first token that was not cut, {@code to} if the document has ended
     */
    public long cut(long from, long to, boolean ended, boolean last) {
        long at = from;
        while (at < to && (ended || to - at > length)) {
            if (used > 1 && room() < SequencePacker.MIN_SEGMENT_TOKENS) {
                endSequence();
            }
            long rest = to - at;
            int take = (int) Math.min(rest, room());
            if (used == 1 && take >= 2 && splits && staysAlone(take, rest, last)) {
                // The second [SEP] takes a place; a token that loses its own goes to the next sequence.
                take = (int) Math.min(rest, longest - 3);
                long middle = sink.boundaryNearMiddle(at, at + take);
                add(at, middle);
                add(middle, at + take);
            } else {
                add(at, at + take);
            }
            at += take;
        }
        return at;
    }

    /** Ends the open sequence, if there is one; nothing may follow. */
    public void finish() {
        if (used > 1) {
            endSequence();
        }
    }

    // Whether a sequence that begins with this segment will get no other.
    private boolean staysAlone(int take, long rest, boolean last) {
        return take < rest || last || room() - take - 1 < SequencePacker.MIN_SEGMENT_TOKENS;
    }

    private void draw() {
        random.restart(0, (int) sequences);
        splits = random.nextFloat() < SequencePacker.SPLIT_PROBABILITY;
        boolean shorter = random.nextFloat() < SequencePacker.SHORT_PROBABILITY;
        longest = shorter ? PackingOptions.SHORTEST + random.nextInt(length - PackingOptions.SHORTEST + 1) : length;
    }

    /** Places for tokens of one more segment, its [SEP] set aside. */
    private int room() {
        return longest - used - 1;
    }

    private void add(long from, long to) {
        sink.segment(from, to);
        used += (int) (to - from) + 1;
    }

    private void endSequence() {
        sink.endSequence();
        sequences++;
        used = 1;
        draw();
    }
}
