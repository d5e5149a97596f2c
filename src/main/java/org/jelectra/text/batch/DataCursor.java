package org.jelectra.text.batch;

/**
 * Where a run stands in its data: everything needed to go on with exactly the sequences that come next, given the same seed and
 * the same data.
 *
 * @param epoch passes over all training sequences that are complete, from 0
 * @param position sequences of the current pass that were used, from 0
 */
public record DataCursor(long epoch, long position) {

    /** Before the first sequence. */
    public static final DataCursor START = new DataCursor(0, 0);

    /** Checks the ranges. */
    public DataCursor {
        if (epoch < 0 || position < 0) {
            throw new IllegalArgumentException(
                    "epoch and position of a data cursor must not be negative, got " + epoch + " and " + position);
        }
    }

    /**
     * The cursor after a number of sequences, counted through all epochs.
     *
     * @param sequences size of an epoch
     */
    public static DataCursor after(long used, int sequences) {
        return new DataCursor(used / sequences, used % sequences);
    }

    /**
     * Sequences used in all epochs.
     *
     * @param sequences size of an epoch
     * @throws IllegalArgumentException if the position is beyond the epoch: the data are others than those the cursor is of
     */
    public long used(int sequences) {
        if (position >= sequences) {
            throw new IllegalArgumentException(
                    "the data cursor stands at sequence " + position + " of an epoch, but the data" + " have "
                            + sequences + " sequences: are they the ones that the run began with?");
        }
        return Math.addExact(Math.multiplyExact(epoch, (long) sequences), position);
    }
}
