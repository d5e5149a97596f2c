package org.jelectra.text.batch;

/** Makes the batch of any step. */
public interface BatchFiller {

    /**
     * Fills {@code batch} for a step. A pure function of the step: a second call gives the same arrays.
     *
     * @throws IllegalArgumentException if the batch has other sizes than {@link #newBatch()}
     */
    void fill(long step, Batch batch);

    /** A batch of the right sizes. */
    Batch newBatch();
}
