package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FineTuneSettingsTest {

    private static FineTuneSettings settings(double epochs, int batchSize) {
        return settings(epochs, batchSize, 1);
    }

    private static FineTuneSettings settings(double epochs, int batchSize, int microBatches) {
        return new FineTuneSettings(
                1e-4, 0.8, true, 0.01, epochs, 0.1, batchSize, microBatches, 128, Reduction.SUM, 1, null, 1);
    }

    @Test
    void stepsAreThoseOfWholeBatchesAndAtLeastOne() {
        assertThat(settings(3, 32).stepsPerEpoch(100)).isEqualTo(4);
        assertThat(settings(2.5, 32).steps(100)).isEqualTo(10);
        assertThat(settings(0.1, 32).steps(100)).isEqualTo(1);
        // a batch of more examples than can be counted together with the last ones
        assertThat(settings(1, 1 << 23, 32).stepsPerEpoch(Integer.MAX_VALUE)).isEqualTo(256);
    }

    @Test
    void batchesAndRunsThatCannotBeCountedAreRefused() {
        assertThatThrownBy(() -> settings(1, 2_000_000_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a batch, or the part of it that is computed at once (--accumulate), must have at most 67108864"
                                + " tokens, got 256000000000, 2000000000 sequences of 128");
        assertThat(settings(1, 2_000_000_000, 4000).microBatchSize()).isEqualTo(500_000);
        assertThatThrownBy(() -> settings(1, 32, 5)).hasMessageEndingWith(", got 32 and 5; 8 fits");
        assertThatThrownBy(() -> settings(1e12, 32).steps(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a run must have at most 2147483647 steps, got 1.0E12");
    }
}
