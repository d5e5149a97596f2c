package org.jelectra.text;

import java.util.Arrays;

/**
 * Packed sequences as ranges of a {@link TokenizedCorpus} (8 bytes per segment), so that packing does not copy the corpus.
 * Immutable once packed.
 */
final class CorpusSequences implements PackedSequences, SegmentCutter.Sink {

    private final TokenizedCorpus corpus;
    private final int sequenceLength;
    private final int clsId;
    private final int sepId;
    private final IntList segmentStarts = new IntList();
    private final IntList segmentLengths = new IntList();
    private final IntList segmentEnds = new IntList();
    private long tokens;

    CorpusSequences(TokenizedCorpus corpus, int sequenceLength) {
        this.corpus = corpus;
        this.sequenceLength = sequenceLength;
        this.clsId = corpus.vocabulary().clsId();
        this.sepId = corpus.vocabulary().sepId();
    }

    @Override
    public int size() {
        return segmentEnds.size();
    }

    @Override
    public int sequenceLength() {
        return sequenceLength;
    }

    @Override
    public long tokens() {
        return tokens;
    }

    @Override
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

    @Override
    public void segment(long from, long to) {
        segmentStarts.add((int) from);
        segmentLengths.add((int) (to - from));
        tokens += to - from;
    }

    @Override
    public long boundaryNearMiddle(long from, long to) {
        return corpus.boundaryNearMiddle((int) from, (int) to);
    }

    @Override
    public void endSequence() {
        segmentEnds.add(segmentStarts.size());
    }

    private int firstSegment(int sequence) {
        return sequence == 0 ? 0 : segmentEnds.get(sequence - 1);
    }
}
