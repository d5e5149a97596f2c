package org.jelectra.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What the reference's values do not have. */
class ClassificationScoreTest {

    /** By hand, after the definition: F1 of 2/3, 1/2 and 0; the fourth class occurs nowhere, as average="macro" leaves it out. */
    @Test
    void macroAverage() {
        int[] labels = {0, 0, 0, 1, 1, 2};
        int[] predictions = {0, 0, 1, 1, 2, 0};
        ClassificationScore score = new ClassificationScore(labels, predictions, 4);
        assertThat(score.f1(0)).isCloseTo(2.0 / 3, within(1e-15));
        assertThat(score.f1(1)).isCloseTo(0.5, within(1e-15));
        assertThat(score.f1(2)).isZero();
        assertThat(score.macroF1()).isCloseTo((2.0 / 3 + 0.5) / 3, within(1e-15));
        assertThat(score.count(0)).isEqualTo(3);
        assertThat(score.count(3)).isZero();
    }
}
