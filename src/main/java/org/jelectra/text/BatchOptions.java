package org.jelectra.text;

/**
 * The size of a batch.
 *
 * @param batchSize rows B
 * @param sequenceLength positions per row L, that of the packed sequences
 */
public record BatchOptions(int batchSize, int sequenceLength) {

    /** Checks the sizes. */
    public BatchOptions {
        if (batchSize < 1 || sequenceLength < 1) {
            throw new IllegalArgumentException(
                    "batchSize and sequenceLength must be positive, got " + batchSize + " and " + sequenceLength);
        }
    }
}
