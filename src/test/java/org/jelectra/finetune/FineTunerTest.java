package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FineTunerTest {

    /** Long enough that not every step is reported. */
    private static final FineTuneSettings SETTINGS =
            new FineTuneSettings(1e-3, 0.8, true, 0.01, 30, 0.1, 3, 1, 48, Reduction.SUM, 1, null, 7);

    private record Line(int step, double loss, double gradientNorm, Evaluation evaluation) {}

    /** Reports of a run, of which the state is looked at after each step or never before the end. */
    private static List<Line> run(boolean looking) throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            FineTuningTask task = SmallTasks.of(backend, "RTE");
            FineTuner tuner = new FineTuner(task, SETTINGS);
            List<Line> lines = new ArrayList<>();
            List<Long> examples = new ArrayList<>();
            tuner.run(new FineTuneListener() {
                @Override
                public void onReport(StepReport report) {
                    lines.add(new Line(report.step(), report.loss(), report.gradientNorm(), report.evaluation()));
                }

                @Override
                public boolean onStep(int step) {
                    if (looking) {
                        RunState state = tuner.state();
                        assertThat(state.step()).isEqualTo(step);
                        examples.add(state.examples());
                    }
                    return true;
                }
            });
            assertThat(tuner.state().step()).isEqualTo(tuner.steps());
            if (looking) {
                // every second step is reported, which begins the sums anew
                assertThat(examples).hasSize(210).contains(0L, 3L);
            }
            return lines;
        }
    }

    /** A step that is looked at has ended; the next one would have begun before. */
    @Test
    void lookingAtTheStateChangesNothing() throws IOException {
        assertThat(run(true)).isEqualTo(run(false)).isNotEmpty();
    }

    /** What the settings say of frozen layers is for the model that is made with them. */
    @ParameterizedTest
    @CsvSource({"1,, 1 and none", ", 1, none and 1", "0, 2, 0 and 2"})
    void aModelWithOtherFrozenLayersIsRefused(Integer model, Integer settings, String got) {
        try (Backend backend = CpuBackend.create(1)) {
            FineTuningTask task = SmallTasks.of(backend, "RTE", model);
            FineTuneSettings others = SmallTasks.settings(settings);
            assertThatThrownBy(() -> new FineTuner(task, others))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the frozen layers must be the same in model and settings, got " + got);
            FineTuner same = new FineTuner(task, SmallTasks.settings(model));
            assertThat(same.model().frozenLayers()).isEqualTo(model);
        }
    }

    /** The first update has rate 0, the second makes weights of no use: its loss is that before it. */
    @Test
    void anUpdateThatMakesWeightsOfNoUseIsNamed() throws IOException {
        var settings = new FineTuneSettings(1e30, 0.8, true, 0.01, 1, 0.1, 10, 1, 48, Reduction.SUM, 1, null, 7);
        try (Backend backend = CpuBackend.create(1)) {
            FineTuningTask task = SmallTasks.of(backend, "RTE");
            FineTuner tuner = new FineTuner(task, settings);
            assertThat(tuner.steps()).isEqualTo(2);
            assertThatThrownBy(() -> tuner.run(new FineTuneListener() {
                        @Override
                        public void onReport(StepReport report) {
                            assertThat(report.loss()).isFinite();
                        }

                        @Override
                        public boolean onStep(int step) {
                            return true;
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("after the update of step 2: the model's score for text number \\d+ is"
                            + " (NaN|-?Infinity); its weights are not usable; try a smaller learning rate");
        }
    }
}
