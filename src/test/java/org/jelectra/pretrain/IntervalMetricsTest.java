package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
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

    /** About half a million, evenly spread, and all where there are fewer. */
    @Test
    void predictionsOfSomeStepsAreTaken() {
        int steps = 100_000;
        IntervalMetrics interval = new IntervalMetrics(SmallRun.with(SETTINGS, "logEvery", steps));
        List<Integer> taken = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            if (interval.takesPredictions()) {
                taken.add(step);
            }
            interval.addStep(1, 1);
        }
        assertThat(taken.size() * SmallRun.BATCH * SmallRun.LENGTH).isBetween(450_000, 550_000);
        int apart = taken.get(1);
        for (int i = 0; i < taken.size(); i++) {
            assertThat(taken.get(i)).isEqualTo(i * apart);
        }
        interval.clear();
        assertThat(interval.takesPredictions()).isTrue();

        interval = new IntervalMetrics(SETTINGS);
        for (int step = 0; step < SETTINGS.logEvery(); step++) {
            assertThat(interval.takesPredictions()).isTrue();
            interval.addStep(1, 1);
        }
    }
}
