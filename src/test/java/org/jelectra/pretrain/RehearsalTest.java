package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {

    @TempDir
    private Path folder;

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

    /** The preset's steps may be over before the seconds are. */
    @Test
    void itTakesItsSecondsWhateverTheRunsLengthIs() throws IOException {
        try (Backend cpu = CpuBackend.create(1)) {
            Rehearsal rehearsal = Rehearsal.of(
                    cpu, SmallRun.settings(1).withSteps(3), SmallText.pack(folder, 1), SmallRun.vocabulary(), 0.2);
            assertThat(rehearsal.steps()).isGreaterThanOrEqualTo(5);
            assertThat(rehearsal.steps() * rehearsal.stepSeconds()).isGreaterThanOrEqualTo(0.2);
            assertThat(rehearsal.evaluationSeconds()).isPositive();
        }
    }

    @Test
    void timeForNoStepHoldsNone() {
        assertThat(new Rehearsal(5, 0.5, 4).stepsIn(4.4, steps -> 1)).isZero();
        assertThat(new Rehearsal(5, 0.5, 0).stepsIn(0.4, steps -> 1)).isZero();
        assertThat(new Rehearsal(5, 1e-9, 0).stepsIn(1e9, steps -> 1)).isEqualTo(Integer.MAX_VALUE);
    }
}
