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
    private int[] waiting = new int[1 << 12];
    private int count;
    private int[] lineEnds = new int[64];
    private int lines;
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
        append(state.waiting());
        for (int end : state.lineEnds()) {
            addLineEnd(end);
        }
        this.ended = state.ended();
    }

    State state() {
        return new State(
                cutter.state(),
                Arrays.copyOf(row, used),
                rowSegments,
                Arrays.copyOf(waiting, count),
                Arrays.copyOf(lineEnds, lines),
                ended);
    }

    /** A document begins; the one before is packed to its end. */
    void beginDocument() throws IOException {
        cut(true, false);
        ended = false;
    }

    /** Appends ids [from, to) of a list to the document. */
    void add(IntList ids, int from, int to) throws IOException {
        reserve(to - from);
        for (int i = from; i < to; i++) {
            waiting[count++] = ids.get(i);
        }
    }

    /** A line ends; packs what can be packed. */
    void endLine() throws IOException {
        addLineEnd(count);
        // copying what waits to the front costs more than it saves for every line
        if (count > 4 * cutter.lookAhead()) {
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
            done = (int) cutter.cut(0, count, documentEnded, last);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        System.arraycopy(waiting, done, waiting, 0, count - done);
        count -= done;
        int kept = 0;
        for (int i = 0; i < lines; i++) {
            if (lineEnds[i] > done) {
                lineEnds[kept++] = lineEnds[i] - done;
            }
        }
        lines = kept;
    }

    @Override
    public void segment(long from, long to) {
        if (used == 0) {
            row[used++] = clsId;
        }
        int length = (int) (to - from);
        System.arraycopy(waiting, (int) from, row, used, length);
        used += length;
        row[used++] = sepId;
        rowSegments++;
    }

    @Override
    public long boundaryNearMiddle(long from, long to) {
        long middle = from + (to - from) / 2;
        int found = Arrays.binarySearch(lineEnds, 0, lines, (int) middle);
        int next = found < 0 ? -found - 1 : found;
        long before = next > 0 ? lineEnds[next - 1] : from;
        long after = next < lines ? lineEnds[next] : to;
        boolean beforeInside = before > from;
        boolean afterInside = after < to;
        if (beforeInside && (!afterInside || middle - before <= after - middle)) {
            return before;
        }
        return afterInside ? after : middle;
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

    private void append(int[] ids) {
        reserve(ids.length);
        System.arraycopy(ids, 0, waiting, count, ids.length);
        count += ids.length;
    }

    private void addLineEnd(int end) {
        if (lines == lineEnds.length) {
            lineEnds = Arrays.copyOf(lineEnds, 2 * lines);
        }
        lineEnds[lines++] = end;
    }

    private void reserve(int more) {
        if (count + more > waiting.length) {
            waiting = Arrays.copyOf(waiting, Math.max(count + more, 2 * waiting.length));
        }
    }
}
