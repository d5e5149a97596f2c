package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void aRunHoldsItsStepsAndItsEvaluations() {
        Rehearsal rehearsal = new Rehearsal(5, 0.5, 4);
        assertThat(rehearsal.seconds(100, 40)).isEqualTo(50 + 3 * 4);
        // 10 evaluations of 4 seconds, and 100 seconds of steps
        assertThat(rehearsal.stepsIn(140, steps -> 20)).isEqualTo(200);
        assertThat(rehearsal.stepsIn(140, steps -> Math.max(1, steps / 10))).isBetween(190, 200);
        assertThat(rehearsal.stepsIn(139.9, steps -> 1000)).isEqualTo(271);
        assertThat(new Rehearsal(5, 0.5, 0).stepsIn(10.4, steps -> 7)).isEqualTo(20);
    }

    @Test
    void timeForNoStepHoldsNone() {
        assertThat(new Rehearsal(5, 0.5, 4).stepsIn(4.4, steps -> 1)).isZero();
        assertThat(new Rehearsal(5, 0.5, 0).stepsIn(0.4, steps -> 1)).isZero();
        assertThat(new Rehearsal(5, 1e-9, 0).stepsIn(1e9, steps -> 1)).isEqualTo(Integer.MAX_VALUE);
    }
}
