package org.jelectra.pretrain;

import org.jelectra.electra.flops.StepFlops;

/** Measures the steps between two logged ones. */
final class IntervalMetrics {

    /**
     * About how many predictions of an interval the area under the curve is computed from. Its standard error is at most 0.5 by the
     * root of the number of replaced tokens among them, 0.004 where these are 4 %. All of them would be 16 million in 1,000 steps of
     * preset small, 131 MB to sort and to keep in every snapshot.
     */
    private static final int PREDICTIONS = 1 << 19;

    private final MetricsCollector collector;
    private final int predictionsEvery;
    private final double flopsPerStep;
    private long nanos;
    private long tokens;
    private int steps;

    IntervalMetrics(PretrainSettings settings) {
        long predictions = (long) settings.logEvery() * settings.batchSize() * settings.sequenceLength();
        collector = new MetricsCollector(settings);
        predictionsEvery = (int) ((predictions + PREDICTIONS - 1) / PREDICTIONS);
        flopsPerStep =
                StepFlops.training(settings.model(), settings.batchSize(), settings.sequenceLength(), settings.slots());
    }

    /** Where the steps add their losses and predictions. */
    MetricsCollector collector() {
        return collector;
    }

    /**
     * Whether the discriminator's predictions in the next step are to be taken one by one. Those of an interval's first step are, as
     * the interval may be a short one.
     */
    boolean takesPredictions() {
        return steps % predictionsEvery == 0;
    }

    void addStep(long stepNanos, int stepTokens) {
        nanos += stepNanos;
        tokens += stepTokens;
        steps++;
    }

    /** Time that its steps took on top of what was added with them. */
    void addWait(long moreNanos) {
        nanos += moreNanos;
    }

    /** The metrics of the interval so far, which goes on. */
    StepMetrics soFar(
            int step, double gradientNorm, double learningRate, double elapsedSeconds, ModelMetrics evaluation) {
        double seconds = nanos * 1e-9;
        return new StepMetrics(
                step,
                collector.metrics(),
                gradientNorm,
                learningRate,
                tokens / seconds,
                steps * flopsPerStep / seconds,
                elapsedSeconds,
                evaluation);
    }

    /** Whether it has no step yet. */
    boolean isEmpty() {
        return steps == 0;
    }

    /** Begins anew. */
    void clear() {
        collector.clear();
        nanos = 0;
        tokens = 0;
        steps = 0;
    }

    RunState.Interval state() {
        return new RunState.Interval(nanos, tokens, steps, collector.sums());
    }

    /** Takes up another one's state but for its predictions, which are to be added to the collector's. */
    void restore(RunState.Interval state) {
        nanos = state.nanos();
        tokens = state.tokens();
        steps = state.steps();
        collector.restore(state.sums());
    }
}
