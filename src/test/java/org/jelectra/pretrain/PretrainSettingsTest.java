package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.electra.Preset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings make no run, and what follows from the length of one. */
class PretrainSettingsTest {

    private static final PretrainSettings BASE = SmallRun.settings(1);

    private static void assertRefused(String name, Object value, String message) {
        assertThatThrownBy(() -> SmallRun.with(BASE, name, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /** But for those that {@code MainTest} gives as options. */
    @Test
    void numbersThatMakeNoRun() {
        assertRefused("batchSize", 0, "the batch size must be positive, got 0");
        assertRefused("learningRate", Double.NaN, "the learning rate must be positive and finite, got NaN");
        assertRefused(
                "warmupSteps", Double.NaN, "the number of warm-up steps must be finite and not negative, got NaN");
        assertRefused("logEvery", 0, "the interval of logging must be positive, got 0");
        assertRefused("evaluateEvery", 0, "the interval of evaluation must be positive, got 0");
        assertRefused("evaluationSequences", 0, "the number of evaluation sequences must be positive, got 0");
        assertThat(SmallRun.with(
                                BASE,
                                "batchSize",
                                1,
                                "steps",
                                1,
                                "warmupSteps",
                                0.0,
                                "weightDecay",
                                0.0,
                                "logEvery",
                                1,
                                "evaluateEvery",
                                1,
                                "evaluationSequences",
                                1)
                        .warmupSteps())
                .as("the least of all")
                .isZero();
    }

    @Test
    void batchesThatNoDeviceComputes() {
        assertRefused("microBatches", 0, "the number of micro-batches (--accumulate) must be positive, got 0");
        assertThat(BASE.withBatch(1 << 16, 1 << 16, 8).microBatches()).isEqualTo(1 << 16);
        assertThat(BASE.withBatch(1 << 23, 1, 8).batchSize()).isEqualTo(1 << 23);
        assertThat(BASE.withBatch(1 << 24, 2, 8).sequenceLength()).isEqualTo(8);
        assertThatThrownBy(() -> BASE.withBatch((1 << 23) + 1, 1, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a batch, or the part of it that is computed at once (--accumulate), must have at most"
                        + " 67108864 tokens, got 67108872, 8388609 sequences of 8");
        assertThat(BASE.withBatch(4, 1, 24).sequenceLength()).isEqualTo(24);
    }

    @ParameterizedTest
    @CsvSource({"32, 5, 8", "32, 33, 32", "30, 7, 10", "2000000000, 3, 4"})
    void partsThatDoNotDivideABatchAreRefusedWithWhatFits(int batchSize, int parts, int fits) {
        assertThatThrownBy(() -> PretrainSettings.requireParts(batchSize, parts, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the batch size must be divisible by the number of micro-batches (--accumulate), got "
                        + batchSize + " and " + parts + "; " + fits + " fits");
        PretrainSettings.requireParts(1 << 20, 1 << 20, 8);
    }

    @Test
    void warmUpAndIntervalsGoWithTheLengthOfTheRun() {
        PretrainSettings tiny = PretrainSettings.of(Preset.TINY, 1000);
        assertIntervals(tiny, 4000, 400, 40, 400);
        assertIntervals(tiny.withSteps(2000), 2000, 200, 20, 200);
        assertIntervals(tiny.withSteps(60), 60, 6, 1, 50);
        assertIntervals(tiny.withSteps(1_000_000), 1_000_000, 400, 1000, 1000);
        assertIntervals(tiny.endless(), Integer.MAX_VALUE, 400, 40, Integer.MAX_VALUE);
        assertThat(tiny.withSeed(5).seed()).isEqualTo(5);
        assertThat(tiny.withSeed(5).withSeed(1)).isEqualTo(tiny);
    }

    private static void assertIntervals(
            PretrainSettings settings, int steps, double warmupSteps, int logEvery, int evaluateEvery) {
        assertThat(settings.steps()).isEqualTo(steps);
        assertThat(settings.warmupSteps()).isEqualTo(warmupSteps);
        assertThat(settings.logEvery()).isEqualTo(logEvery);
        assertThat(settings.evaluateEvery()).isEqualTo(evaluateEvery);
    }
}
