package org.jelectra.text.batch;

/**
 * The size of a batch.
 *
 * @param batchSize rows B
 * @param sequenceLength positions per row L, that of the packed sequences
 */
public record BatchOptions(int batchSize, int sequenceLength) {

    /** Checks the sizes. */
    public BatchOptions {
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size must be positive, got " + batchSize);
        }
        if (sequenceLength < 1) {
            throw new IllegalArgumentException("the sequence length must be positive, got " + sequenceLength);
        }
    }
}
