package org.jelectra.text.batch;

import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/**
 * The batches of an evaluation: sequences once and in order. The masks depend on the sequence alone, so that every
 * evaluation of every run, for any batch size, asks the same questions. Not safe for use by several threads.
 */
public final class EvaluationBatches implements BatchFiller {

    /** Seed of the masks that all runs are measured with. */
    public static final long FIXED_SEED = 0;

    private final BatchRows rows;
    private final Masking masking;
    private final int all;
    private final int sequences;
    private final int batchSize;

    /**
     * Batches of all sequences.
     *
     * @throws IllegalArgumentException if there is no sequence or the sequences have another length than the batches
     */
    public EvaluationBatches(
            PackedSequences sequences, BatchOptions options, MaskingOptions maskingOptions, Vocabulary vocabulary) {
        this(sequences, Integer.MAX_VALUE, options, maskingOptions, vocabulary, FIXED_SEED);
    }

    /**
     * As the other constructor. Fewer sequences than all are evenly spaced, as a text may be made of parts of several kinds, one behind the
     * other.
     *
     * @param most sequences that are measured; all where there are no more
     * @param seed of the masks; evaluations of training have {@link #FIXED_SEED}
     */
    public EvaluationBatches(
            PackedSequences sequences,
            int most,
            BatchOptions options,
            MaskingOptions maskingOptions,
            Vocabulary vocabulary,
            long seed) {
        this.rows = new BatchRows(sequences, options, maskingOptions, vocabulary);
        this.masking = new Masking(maskingOptions, vocabulary, options.sequenceLength(), seed);
        this.all = sequences.size();
        this.sequences = Math.min(most, all);
        this.batchSize = options.batchSize();
    }

    /** Number of batches, the last incomplete one included. */
    public int batches() {
        return (int) (((long) sequences + batchSize - 1) / batchSize);
    }

    /**
     * Fills batch number {@code step}. Rows beyond the last sequence have attention mask and weights 0 throughout.
     *
     * @throws IndexOutOfBoundsException if step is not in [0, batches)
     */
    @Override
    public void fill(long step, Batch batch) {
        if (step < 0 || step >= batches()) {
            throw new IndexOutOfBoundsException("evaluation batch " + step + " is not in [0, " + batches() + ")");
        }
        rows.begin(batch, step);
        for (int row = 0; row < batchSize; row++) {
            long number = step * batchSize + row;
            int sequence = number < sequences ? (int) (number * all / sequences) : -1;
            rows.fill(batch, row, sequence);
            masking.mask(batch, row, 0, sequence);
        }
    }

    @Override
    public Batch newBatch() {
        return rows.newBatch();
    }
}
