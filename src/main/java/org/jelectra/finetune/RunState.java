package org.jelectra.finetune;

/**
 * What a run knows besides weights and moments: all that it needs to go on as if it had not been interrupted.
 *
 * @param step updates done
 * @param lossSum sum of the losses since the last report
 * @param examples examples since the last report
 * @param elapsedSeconds time spent so far
 */
record RunState(int step, double lossSum, long examples, double elapsedSeconds) {

    /** Before the first step. */
    public static final RunState BEGINNING = new RunState(0, 0, 0, 0);
}
