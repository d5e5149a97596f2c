package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.electra.StepFlops;

/** Measures the steps between two logged ones. */
final class IntervalMetrics {

    private final MetricsCollector collector;
    private final double flopsPerStep;
    private long nanos;
    private long tokens;
    private int steps;

    IntervalMetrics(Backend backend, PretrainSettings settings) {
        collector = new MetricsCollector(backend, settings.objective());
        flopsPerStep =
                StepFlops.training(settings.model(), settings.batchSize(), settings.sequenceLength(), settings.slots());
    }

    /** Where the steps add their losses and predictions. */
    MetricsCollector collector() {
        return collector;
    }

    void addStep(long stepNanos, int stepTokens) {
        nanos += stepNanos;
        tokens += stepTokens;
        steps++;
    }

    /** The metrics of the interval, which begins anew. */
    StepMetrics end(
            int step, double gradientNorm, double learningRate, double elapsedSeconds, ModelMetrics evaluation) {
        double seconds = nanos * 1e-9;
        StepMetrics metrics = new StepMetrics(
                step,
                collector.metrics(),
                gradientNorm,
                learningRate,
                tokens / seconds,
                steps * flopsPerStep / seconds,
                elapsedSeconds,
                evaluation);
        collector.clear();
        nanos = 0;
        tokens = 0;
        steps = 0;
        return metrics;
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
