package org.jelectra.text.batch;

import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/**
 * The training batches: step s has the sequences at positions s * B to s * B + B - 1 of {@link SequenceOrder}, masked with
 * random numbers of (seed, step, row). Not safe for use by several threads.
 */
public final class BatchSource implements BatchFiller {

    private final BatchRows rows;
    private final SequenceOrder order;
    private final Masking masking;
    private final int batchSize;
    private final long firstPosition;

    /**
     * @throws IllegalArgumentException if there is no sequence or the sequences have another length than the batches
     */
    public BatchSource(
            PackedSequences sequences,
            BatchOptions options,
            MaskingOptions maskingOptions,
            Vocabulary vocabulary,
            long seed) {
        this(sequences, options, maskingOptions, vocabulary, seed, 0, DataCursor.START);
    }

    /**
     * Goes on with a run, perhaps with another batch size: the batch of {@code firstStep} begins with the sequence at
     * {@code cursor}.
     *
     * @throws IllegalArgumentException also if the cursor is not of these sequences
     */
    public BatchSource(
            PackedSequences sequences,
            BatchOptions options,
            MaskingOptions maskingOptions,
            Vocabulary vocabulary,
            long seed,
            long firstStep,
            DataCursor cursor) {
        this.rows = new BatchRows(sequences, options, maskingOptions, vocabulary);
        this.order = new SequenceOrder(sequences.size(), seed);
        this.masking = new Masking(maskingOptions, vocabulary, options.sequenceLength(), seed);
        this.batchSize = options.batchSize();
        this.firstPosition = cursor.used(sequences.size()) - Math.multiplyExact(firstStep, (long) batchSize);
    }

    /** Where the batch of a step begins in the data: a run that has done so many steps goes on there. */
    public DataCursor cursor(long step) {
        return DataCursor.after(position(step), order.size());
    }

    @Override
    public void fill(long step, Batch batch) {
        rows.begin(batch, step);
        for (int row = 0; row < batch.batchSize(); row++) {
            rows.fill(batch, row, order.sequence(position(step) + row));
            masking.mask(batch, row, (int) step, row);
        }
    }

    private long position(long step) {
        return firstPosition + step * batchSize;
    }

    @Override
    public Batch newBatch() {
        return rows.newBatch();
    }
}
