package org.jelectra.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MultiLabelScoreTest {

    /** Counted by hand: label 0 has 2 right of 2 predicted and 3 given, label 1 has 1 of 2 and 1, label 2 is never seen. */
    @Test
    void countedByHand() {
        MultiLabelScore score = new MultiLabelScore(
                List.of(List.of(0, 1), List.of(0), List.of(0), List.of()),
                List.of(List.of(0, 1), List.of(0), List.of(1), List.of()),
                3);
        assertThat(score.microPrecision()).isEqualTo(3.0 / 4);
        assertThat(score.microRecall()).isEqualTo(3.0 / 4);
        assertThat(score.microF1()).isEqualTo(6.0 / 8);
        assertThat(score.macroF1()).isCloseTo((4.0 / 5 + 2.0 / 3 + 0) / 3, within(1e-12));
        assertThat(score.exactMatch()).isEqualTo(3.0 / 4);
        assertThat(score.isDegenerate()).isFalse();
    }

    @Test
    void onePredictionForAll() {
        assertThat(new MultiLabelScore(List.of(List.of(0), List.of(1)), List.of(List.of(), List.of()), 2))
                .satisfies(score -> assertThat(score.isDegenerate()).isTrue())
                .satisfies(score -> assertThat(score.microF1()).isZero())
                .satisfies(score -> assertThat(score.microPrecision()).isZero());
        assertThat(new MultiLabelScore(List.of(List.of(0), List.of(0)), List.of(List.of(0), List.of(0)), 2)
                        .isDegenerate())
                .isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MultiLabelScore(List.of(List.of()), List.of(), 2))
                .withMessage("expected a prediction for each of 1 texts, got 0");
    }
}
