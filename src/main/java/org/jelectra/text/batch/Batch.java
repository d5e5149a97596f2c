package org.jelectra.text.batch;

/**
 * The arrays of one batch of B rows of length L with N prediction slots per row, filled anew for every step. Row-major;
 * the fields are the arrays themselves, so that a backend can copy them without a detour.
 */
public final class Batch {

    /** {@code [B, L]}: the original ids, padded on the right. */
    public final int[] inputIds;
    /** {@code [B, L]}: 1 for a token, 0 for padding. */
    public final int[] attentionMask;
    /** {@code [B, L]}: 0 for [CLS] and the first segment with its [SEP], 1 for later ones, 0 for padding. */
    public final int[] tokenTypeIds;
    /** {@code [B, L]}: the generator's input, where most of the chosen positions hold [MASK]. */
    public final int[] maskedInputIds;
    /** {@code [B, N]}: chosen places as row * L + position; row * L for an unused slot. */
    public final int[] maskedRows;
    /** {@code [B, N]}: original ids at those places, 0 for an unused slot. */
    public final int[] maskedLabels;
    /** {@code [B, N]}: 1, or 0 for an unused slot. */
    public final float[] maskedWeights;
    /** {@code [B]}: which sequence of the data each row holds, -1 for none; for messages. */
    public final int[] sequences;
    /** Sum of the weights. */
    public int maskedCount;
    /** Sum of the attention mask. */
    public int tokenCount;
    /** The step that the batch was filled for. */
    public long step;

    private final int batchSize;
    private final int sequenceLength;
    private final int slots;

    /**
     * Allocates the arrays.
     *
     * @param batchSize rows B
     * @param sequenceLength positions per row L
     * @param slots predictions per row N
     */
    public Batch(int batchSize, int sequenceLength, int slots) {
        if (batchSize < 1 || sequenceLength < 1 || slots < 1) {
            throw new IllegalArgumentException("batch size, sequence length and slots must be positive, got "
                    + batchSize + ", " + sequenceLength + ", " + slots);
        }
        this.batchSize = batchSize;
        this.sequenceLength = sequenceLength;
        this.slots = slots;
        int positions = Math.multiplyExact(batchSize, sequenceLength);
        int predictions = Math.multiplyExact(batchSize, slots);
        inputIds = new int[positions];
        attentionMask = new int[positions];
        tokenTypeIds = new int[positions];
        maskedInputIds = new int[positions];
        maskedRows = new int[predictions];
        maskedLabels = new int[predictions];
        maskedWeights = new float[predictions];
        sequences = new int[batchSize];
    }

    /** How many places the slots in use name, each counted once; slots are in ascending order, and no row names another's places. */
    public int distinctMaskedCount() {
        int count = 0;
        for (int slot = 0; slot < maskedRows.length; slot++) {
            boolean repeated = slot > 0 && maskedRows[slot] == maskedRows[slot - 1];
            count += maskedWeights[slot] > 0 && !repeated ? 1 : 0;
        }
        return count;
    }

    /** Rows B. */
    public int batchSize() {
        return batchSize;
    }

    /** Positions per row L. */
    public int sequenceLength() {
        return sequenceLength;
    }

    /** Prediction slots per row N. */
    public int slots() {
        return slots;
    }
}
