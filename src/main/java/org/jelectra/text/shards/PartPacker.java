package org.jelectra.text.shards;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jelectra.text.IntList;
import org.jelectra.text.SegmentCutter;
import org.jelectra.text.Vocabulary;

/**
 * Packs the tokens of one part as they stream by. Holds the open sequence, and those tokens of the open document that cannot be
 * packed yet: the cutter looks a sequence ahead, and how the last document ends differs.
 */
final class PartPacker implements SegmentCutter.Sink {

    /**
     * Where packing stands.
     *
     * @param cutter the cutter's own state
     * @param row ids of the open sequence so far
     * @param rowSegments its segments so far
     * @param waiting tokens of the open document that are not packed yet
     * @param lineEnds where lines end, counted in tokens from the first waiting one
     * @param ended whether the open document has ended
     */
    record State(SegmentCutter.State cutter, int[] row, int rowSegments, int[] waiting, int[] lineEnds, boolean ended) {

        static final State START = new State(SegmentCutter.State.START, new int[0], 0, new int[0], new int[0], false);
    }

    private final PartWriter writer;
    private final SegmentCutter cutter;
    private final int sepId;
    private final int clsId;
    private final int padId;
    private final int[] row;
    private int used;
    private int rowSegments;
    private final IntList waiting = new IntList(1 << 12);
    private final IntList lineEnds = new IntList();
    private boolean ended;

    PartPacker(int length, long seed, Vocabulary vocabulary, PartWriter writer, State state) {
        this.writer = writer;
        this.cutter = new SegmentCutter(length, seed, state.cutter(), this);
        this.sepId = vocabulary.sepId();
        this.clsId = vocabulary.clsId();
        this.padId = vocabulary.padId();
        this.row = Arrays.copyOf(state.row(), length);
        this.used = state.row().length;
        this.rowSegments = state.rowSegments();
        Arrays.stream(state.waiting()).forEach(waiting::add);
        Arrays.stream(state.lineEnds()).forEach(lineEnds::add);
        this.ended = state.ended();
    }

    State state() {
        return new State(
                cutter.state(), Arrays.copyOf(row, used), rowSegments, waiting.toArray(), lineEnds.toArray(), ended);
    }

    /** A document begins; the one before is packed to its end. */
    void beginDocument() throws IOException {
        cut(true, false);
        ended = false;
    }

    /** Appends ids [from, to) of a list to the document. */
    void add(IntList ids, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            waiting.add(ids.get(i));
        }
    }

    /** A line ends; packs what can be packed. */
    void endLine() throws IOException {
        lineEnds.add(waiting.size());
        // copying what waits to the front costs more than it saves for every line
        if (waiting.size() > 4 * cutter.lookAhead()) {
            cut(false, false);
        }
    }

    /** The document ends. */
    void endDocument() {
        ended = true;
    }

    /** Packs everything and completes the last shard. */
    void finish() throws IOException {
        cut(true, true);
        try {
            cutter.finish();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        writer.finish();
    }

    private void cut(boolean documentEnded, boolean last) throws IOException {
        int done;
        try {
            done = (int) cutter.cut(0, waiting.size(), documentEnded, last);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        waiting.removeFirst(done);
        int passed = 0;
        while (passed < lineEnds.size() && lineEnds.get(passed) <= done) {
            passed++;
        }
        lineEnds.removeFirst(passed);
        for (int i = 0; i < lineEnds.size(); i++) {
            lineEnds.set(i, lineEnds.get(i) - done);
        }
    }

    @Override
    public void segment(long from, long to) {
        if (used == 0) {
            row[used++] = clsId;
        }
        int length = (int) (to - from);
        waiting.copy((int) from, length, row, used);
        used += length;
        row[used++] = sepId;
        rowSegments++;
    }

    @Override
    public long boundaryNearMiddle(long from, long to) {
        return lineEnds.nearest((int) (from + (to - from) / 2), (int) from, (int) to);
    }

    @Override
    public void endSequence() {
        Arrays.fill(row, used, row.length, padId);
        try {
            writer.write(row, used - 1 - rowSegments, rowSegments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        used = 0;
        rowSegments = 0;
    }
}
