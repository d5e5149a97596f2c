package org.jelectra.text;

import java.util.Arrays;

/**
 * Sequences of at most L tokens, {@code [CLS] segment [SEP] (segment [SEP])*}, stored as ranges of a {@link TokenizedCorpus}
 * (8 bytes per segment), so that packing does not copy the corpus. Immutable once packed, safe for use by several threads.
 */
public final class PackedSequences {

    private final TokenizedCorpus corpus;
    private final int sequenceLength;
    private final int clsId;
    private final int sepId;
    private final IntList segmentStarts = new IntList();
    private final IntList segmentLengths = new IntList();
    private final IntList segmentEnds = new IntList();
    private long tokens;

    PackedSequences(TokenizedCorpus corpus, int sequenceLength) {
        this.corpus = corpus;
        this.sequenceLength = sequenceLength;
        this.clsId = corpus.vocabulary().clsId();
        this.sepId = corpus.vocabulary().sepId();
    }

    /** Number of sequences. */
    public int size() {
        return segmentEnds.size();
    }

    /** Longest length L, with [CLS] and [SEP]. */
    public int sequenceLength() {
        return sequenceLength;
    }

    /** Tokens of the text in all sequences, without [CLS] and [SEP]. */
    public long tokens() {
        return tokens;
    }

    /** Number of segments of a sequence, at least 1. */
    public int segments(int sequence) {
        return segmentEnds.get(sequence) - firstSegment(sequence);
    }

    /** Number of tokens of a sequence with [CLS] and [SEP], at most L. */
    public int length(int sequence) {
        int length = 1;
        for (int s = firstSegment(sequence); s < segmentEnds.get(sequence); s++) {
            length += segmentLengths.get(s) + 1;
        }
        return length;
    }

    /** Fraction of the positions of all sequences that is padding; 0 if there is none. */
    public double paddingFraction() {
        // Every sequence has one [CLS] and every segment one [SEP].
        long used = tokens + size() + segmentStarts.size();
        return size() == 0 ? 0 : 1 - (double) used / ((long) size() * sequenceLength);
    }

    /**
     * Writes the ids and types of a sequence from {@code offset} on; type 0 for [CLS] and the first segment, 1 for later ones.
     *
     * @return the number of positions written; the rest of the row is left as it is
     */
    public int copy(int sequence, int[] ids, int[] types, int offset) {
        int at = offset;
        ids[at] = clsId;
        types[at++] = 0;
        int first = firstSegment(sequence);
        for (int s = first; s < segmentEnds.get(sequence); s++) {
            int length = segmentLengths.get(s);
            int type = s == first ? 0 : 1;
            corpus.store().copy(segmentStarts.get(s), length, ids, at);
            ids[at + length] = sepId;
            Arrays.fill(types, at, at + length + 1, type);
            at += length + 1;
        }
        return at - offset;
    }

    void addSegment(int from, int to) {
        segmentStarts.add(from);
        segmentLengths.add(to - from);
        tokens += to - from;
    }

    void endSequence() {
        segmentEnds.add(segmentStarts.size());
    }

    private int firstSegment(int sequence) {
        return sequence == 0 ? 0 : segmentEnds.get(sequence - 1);
    }
}
