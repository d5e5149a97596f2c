package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.jelectra.inference.Classification.Candidate;
import org.junit.jupiter.api.Test;

class ClassificationTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void ofEqualLabelsTheFirstIsTheBest() {
        Classification found = Classification.oneOf(NAMES, new float[] {1, 2, 2});
        assertThat(found.best().label()).isEqualTo("b");
        assertThat(found.candidates().stream()
                        .mapToDouble(Candidate::probability)
                        .sum())
                .isCloseTo(1, within(1e-12));
        assertThat(found.best().probability()).isCloseTo(1 / (2 + Math.exp(-1)), within(1e-12));
    }

    @Test
    void whatIsAtTheThresholdIsNotAboveIt() {
        Classification found = Classification.anyOf(NAMES, new float[] {0, 3, -2});
        assertThat(found.above(0.5)).containsExactly("b");
        assertThat(found.above(0.1)).containsExactly("a", "b", "c");
    }

    @Test
    void anAnswerIsNoneWhereNoneIsLikelier() {
        assertThat(new Answer("x", 0, 1, 0.5, 0.5, 3, 0).isNull()).isFalse();
        assertThat(new Answer("x", 0, 1, 0.4, 0.6, 3, 0.1).isNull()).isTrue();
        assertThat(new Answer("", 0, 0, 0, 1, 3, -1).isNull()).isTrue();
    }
}
