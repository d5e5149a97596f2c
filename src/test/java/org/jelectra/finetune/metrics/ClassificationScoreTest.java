package org.jelectra.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
        assertThat(score.given[0]).isEqualTo(3);
        assertThat(score.given[3]).isZero();
    }

    /** What a failed run of fine-tuning is known by. */
    @Test
    void oneClassForAllIsDegenerateUnlessTheLabelsAreSo() {
        assertThat(new ClassificationScore(new int[] {0, 1, 2}, new int[] {2, 2, 2}, 3).isDegenerate())
                .isTrue();
        assertThat(new ClassificationScore(new int[] {0, 0, 2}, new int[] {0, 2, 2}, 3).isDegenerate())
                .isFalse();
        assertThat(new ClassificationScore(new int[] {2, 2, 2}, new int[] {0, 0, 0}, 3).isDegenerate())
                .isFalse();
    }

    @Test
    void everyLabelHasAPrediction() {
        assertThatThrownBy(() -> new ClassificationScore(new int[2], new int[3], 2))
                .hasMessage("expected a prediction for each of 2 labels, got 3");
    }
}
