package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.jelectra.electra.flops.StepFlops;
import org.junit.jupiter.api.Test;

/** Speeds of the steps between two logged ones. */
class IntervalMetricsTest {

    private static final PretrainSettings SETTINGS = SmallRun.settings(1);

    private static StepMetrics metrics(IntervalMetrics interval) {
        return interval.soFar(2, 0.5, 1e-3, 60, null);
    }

    @Test
    void speedsAreThoseOfAllTimeThatStepsTook() {
        IntervalMetrics interval = new IntervalMetrics(SETTINGS);
        assertThat(interval.isEmpty()).isTrue();
        interval.addStep(2_000_000_000L, 100);
        interval.addStep(1_000_000_000L, 50);
        interval.addWait(1_000_000_000L);
        assertThat(interval.isEmpty()).isFalse();
        double flops =
                StepFlops.training(SETTINGS.model(), SETTINGS.batchSize(), SETTINGS.sequenceLength(), SETTINGS.slots());
        assertThat(metrics(interval).tokensPerSecond()).isCloseTo(37.5, within(1e-9));
        assertThat(metrics(interval).flopsPerSecond()).isCloseTo(2 * flops / 4, within(1e-3));
        assertThat(metrics(interval).elapsedSeconds()).isEqualTo(60);

        IntervalMetrics resumed = new IntervalMetrics(SETTINGS);
        resumed.restore(interval.state());
        assertThat(metrics(resumed)).isEqualTo(metrics(interval));
        interval.clear();
        assertThat(interval.isEmpty()).isTrue();
        interval.addStep(500_000_000L, 7);
        assertThat(metrics(interval).tokensPerSecond()).isCloseTo(14, within(1e-9));
    }

    /** An interval of so many tokens that those of one step in three are as many as are taken. */
    @Test
    void predictionsOfFirstStepsAreTaken() {
        int logEvery = 3 * (1 << 19) / (SmallRun.BATCH * SmallRun.LENGTH);
        IntervalMetrics interval = new IntervalMetrics(new PretrainSettings(
                SETTINGS.model(),
                SETTINGS.losses(),
                SETTINGS.masking(),
                SmallRun.BATCH,
                1,
                SmallRun.LENGTH,
                10 * logEvery,
                1e-3,
                0,
                0,
                1,
                logEvery,
                logEvery,
                8));
        for (int step = 0; step < 7; step++) {
            assertThat(interval.takesPredictions()).isEqualTo(step % 3 == 0);
            interval.addStep(1, 1);
        }
        interval.clear();
        assertThat(interval.takesPredictions()).isTrue();
    }
}
