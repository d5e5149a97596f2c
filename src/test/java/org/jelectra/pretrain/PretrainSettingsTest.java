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

    private static PretrainSettings with(
            int batch, int steps, double rate, double warmup, double decay, int logEvery, int evaluateEvery, int held) {
        return new PretrainSettings(
                BASE.model(),
                BASE.losses(),
                BASE.masking(),
                batch,
                1,
                BASE.sequenceLength(),
                steps,
                rate,
                warmup,
                decay,
                1,
                logEvery,
                evaluateEvery,
                held);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 9 | 1   | 1   | 1  | 1 | 1 | 1 | the batch size must be positive, got 0",
                "1 | 0 | 1   | 1   | 1  | 1 | 1 | 1 | the number of steps must be positive, got 0",
                "1 | 9 | 0   | 1   | 1  | 1 | 1 | 1 | the learning rate must be positive and finite, got 0.0",
                "1 | 9 | NaN | 1   | 1  | 1 | 1 | 1 | the learning rate must be positive and finite, got NaN",
                "1 | 9 | 1   | -1  | 1  | 1 | 1 | 1 | the number of warm-up steps must be finite and not negative, got -1.0",
                "1 | 9 | 1   | NaN | 1  | 1 | 1 | 1 | the number of warm-up steps must be finite and not negative, got NaN",
                "1 | 9 | 1   | 1   | -1 | 1 | 1 | 1 | the weight decay must be finite and not negative, got -1.0",
                "1 | 9 | 1   | 1   | 1  | 0 | 1 | 1 | the interval of logging must be positive, got 0",
                "1 | 9 | 1   | 1   | 1  | 1 | 0 | 1 | the interval of evaluation must be positive, got 0",
                "1 | 9 | 1   | 1   | 1  | 1 | 1 | 0 | the number of evaluation sequences must be positive, got 0"
            })
    void numbersThatMakeNoRun(
            int batch,
            int steps,
            double rate,
            double warmup,
            double decay,
            int logEvery,
            int evaluateEvery,
            int held,
            String message) {
        assertThatThrownBy(() -> with(batch, steps, rate, warmup, decay, logEvery, evaluateEvery, held))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThat(with(1, 1, 1, 0, 0, 1, 1, 1).warmupSteps())
                .as("the least of all")
                .isZero();
    }

    @Test
    void batchesThatNoDeviceComputes() {
        assertRefused(4, 3, 8, "the batch size must be divisible by the number of micro-batches, got 4 and 3");
        assertRefused(4, 0, 8, "the number of micro-batches must be positive, got 0");
        assertThat(BASE.withBatch(1 << 16, 1 << 16, 8).microBatches()).isEqualTo(1 << 16);
        assertRefused(1 << 17, 1 << 17, 8, "the number of micro-batches must be at most 65536, got 131072");
        assertThat(BASE.withBatch(1 << 23, 1, 8).batchSize()).isEqualTo(1 << 23);
        assertThat(BASE.withBatch(1 << 24, 2, 8).sequenceLength()).isEqualTo(8);
        assertRefused(
                (1 << 23) + 1,
                1,
                8,
                "a batch, or the part of it that is computed at once (--accumulate), must have at most 67108864 tokens,"
                        + " got 67108872, 8388609 sequences of 8");
        assertThat(BASE.withBatch(4, 1, 24).sequenceLength()).isEqualTo(24);
        assertRefused(4, 1, 25, "the sequence length must not exceed the model's positions, got 25 and 24");
    }

    private static void assertRefused(int batch, int parts, int length, String message) {
        assertThatThrownBy(() -> BASE.withBatch(batch, parts, length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
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
