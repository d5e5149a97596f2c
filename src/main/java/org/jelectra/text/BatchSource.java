package org.jelectra.text;

/**
 * The training batches: step s has the sequences at positions s * B to s * B + B - 1 of {@link SequenceOrder}, masked with
 * random numbers of (seed, step, row). Not safe for use by several threads.
 */
public final class BatchSource implements BatchFiller {

    private final BatchRows rows;
    private final SequenceOrder order;
    private final Masking masking;

    /**
     * @throws IllegalArgumentException if there is no sequence or the sequences have another length than the batches
     */
    public BatchSource(
            PackedSequences sequences,
            BatchOptions options,
            MaskingOptions maskingOptions,
            Vocabulary vocabulary,
            long seed) {
        this.rows = new BatchRows(sequences, options, maskingOptions, vocabulary);
        this.order = new SequenceOrder(sequences.size(), seed);
        this.masking = new Masking(maskingOptions, vocabulary, options.sequenceLength(), seed);
    }

    @Override
    public void fill(long step, Batch batch) {
        rows.begin(batch, step);
        for (int row = 0; row < batch.batchSize(); row++) {
            rows.fill(batch, row, order.sequence(step * batch.batchSize() + row));
            masking.mask(batch, row, (int) step, row);
        }
    }

    @Override
    public Batch newBatch() {
        return rows.newBatch();
    }
}
