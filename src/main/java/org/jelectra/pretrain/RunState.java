package org.jelectra.pretrain;

import org.jelectra.text.batch.DataCursor;

/**
 * Where a run stands, besides weights, moments and the discriminator's predictions since metrics were last logged. Random numbers
 * need no state of their own: they are a function of seed and step.
 *
 * @param step steps done
 * @param cursor where the next batch begins in the data
 * @param elapsedSeconds time of training so far, all processes together
 * @param interval what was measured since metrics were last logged
 */
record RunState(int step, DataCursor cursor, double elapsedSeconds, Interval interval) {

    /**
     * Measurements since metrics were last logged.
     *
     * @param nanos time of the steps
     * @param tokens tokens of the steps
     * @param steps number of steps
     * @param sums what the collector added up
     */
    record Interval(long nanos, long tokens, int steps, MetricsCollector.Sums sums) {}
}
