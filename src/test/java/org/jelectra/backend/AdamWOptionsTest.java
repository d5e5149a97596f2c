package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdamWOptionsTest {

    @Test
    void theLimitsThemselvesAreAllowed() {
        assertThatCode(() ->
                        new AdamWOptions(0, 0, Float.MAX_VALUE, 0, null, List.of(new AdamWOptions.Segment(0, 1, 0, 0))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1     | 0.999 | 1e-6 | 1   | AdamW: beta1 must be in [0, 1), got 1.0",
                "-0.1  | 0.999 | 1e-6 | 1   | AdamW: beta1 must be in [0, 1), got -0.1",
                "0.9   | 1     | 1e-6 | 1   | AdamW: beta2 must be in [0, 1), got 1.0",
                "0.9   | NaN   | 1e-6 | 1   | AdamW: beta2 must be in [0, 1), got NaN",
                "0.9   | 0.999 | 0    | 1   | AdamW: epsilon must be a positive number, got 0.0",
                "0.9   | 0.999 | Infinity | 1 | AdamW: epsilon must be a positive number, got Infinity",
                "0.9   | 0.999 | 1e-6 | -1  | AdamW: clipNorm must be 0, for no clipping, or a positive number, got -1.0",
                "0.9   | 0.999 | 1e-6 | NaN | AdamW: clipNorm must be 0, for no clipping, or a positive number, got NaN"
            })
    void constantsThatTrainNothing(double beta1, double beta2, float epsilon, float clipNorm, String message) {
        assertThatThrownBy(() -> new AdamWOptions(beta1, beta2, epsilon, clipNorm, null, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1  | 0        | AdamW: the rate's factor must be 0 or a positive number, got -1.0",
                "NaN | 0        | AdamW: the rate's factor must be 0 or a positive number, got NaN",
                "1   | -0.5     | AdamW: the weight decay must be 0 or a positive number, got -0.5",
                "1   | Infinity | AdamW: the weight decay must be 0 or a positive number, got Infinity"
            },
            quoteCharacter = '"')
    void factorsThatTrainNothing(float rateFactor, float weightDecay, String message) {
        assertThatThrownBy(() -> new AdamWOptions.Segment(0, 1, rateFactor, weightDecay))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
