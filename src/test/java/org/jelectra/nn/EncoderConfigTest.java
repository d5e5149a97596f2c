package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderConfigTest {

    /** BERT-Base of Devlin et al. 2019. */
    @Test
    void theUsualSizes() {
        assertThat(EncoderConfig.of(30522, 768, 12, 12, 512))
                .isEqualTo(new EncoderConfig(30522, 768, 768, 12, 12, 3072, 512, 2, 0.1f, 0.1f, 1e-12f, 0.02f));
    }

    @Test
    void oneOfThemChanged() {
        EncoderConfig config = EncoderConfig.of(100, 32, 1, 4, 16);
        assertThat(config.withInitializerRange(0.1f))
                .isEqualTo(new EncoderConfig(100, 32, 32, 1, 4, 128, 16, 2, 0.1f, 0.1f, 1e-12f, 0.1f));
        assertThat(config.withLayers(3).withDropout(0))
                .isEqualTo(new EncoderConfig(100, 32, 32, 3, 4, 128, 16, 2, 0, 0, 1e-12f, 0.02f));
    }

    @Test
    void headsDivideTheHiddenSize() {
        assertThatThrownBy(() -> EncoderConfig.of(100, 32, 1, 5, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the hidden size must be divisible by the number of heads, got 32 and 5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0, 32, 32, 1, 4, 128, 16, 2, 0, 0 | the vocabulary size must be positive, got 0",
                "9, 0, 32, 1, 4, 128, 16, 2, 0, 0 | the embedding size must be positive, got 0",
                "9, 131073, 32, 1, 4, 128, 16, 2, 0, 0 | the embedding size must be at most 131072, got 131073",
                "9, 32, 0, 1, 4, 128, 16, 2, 0, 0 | the hidden size must be positive, got 0",
                "9, 32, 131076, 1, 4, 128, 16, 2, 0, 0 | the hidden size must be at most 131072, got 131076",
                "9, 32, 32, 0, 4, 128, 16, 2, 0, 0 | the number of layers must be positive, got 0",
                "9, 32, 32, 1001, 4, 128, 16, 2, 0, 0 | the number of layers must be at most 1000, got 1001",
                "9, 32, 32, 1, 0, 128, 16, 2, 0, 0 | the number of heads must be positive, got 0",
                "9, 32, 32, 1, 4, 0, 16, 2, 0, 0 | the feed-forward size must be positive, got 0",
                "9, 32, 32, 1, 4, 128, 0, 2, 0, 0 | the number of positions must be positive, got 0",
                "9, 32, 32, 1, 4, 128, 16, 0, 0, 0 | the number of token types must be positive, got 0",
                "9, 32, 32, 1, 4, 128, 16, 2, 1, 0 | the dropout must be in [0, 1), got 1.0",
                "9, 32, 32, 1, 4, 128, 16, 2, 0, -0.1 | the attention dropout must be in [0, 1), got -0.1",
                "1, 131072, 131072, 1000, 1, 1, 1, 1, 0, 0.99 |",
            })
    void sizesAndProbabilities(String values, String message) {
        String[] v = values.split(", ");
        int[] sizes = Arrays.stream(v).limit(8).mapToInt(Integer::parseInt).toArray();
        ThrowingCallable config = () -> new EncoderConfig(
                sizes[0],
                sizes[1],
                sizes[2],
                sizes[3],
                sizes[4],
                sizes[5],
                sizes[6],
                sizes[7],
                Float.parseFloat(v[8]),
                Float.parseFloat(v[9]),
                1e-12f,
                0.02f);
        if (message == null) {
            assertThatCode(config).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(config)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {-1e-12f, 0, Float.POSITIVE_INFINITY, Float.NaN})
    void theEpsilonIsPositive(float epsilon) {
        assertThatThrownBy(() -> new EncoderConfig(100, 32, 32, 1, 4, 128, 16, 2, 0, 0, epsilon, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the epsilon of layer normalisation (layer_norm_eps) must be positive and finite, got "
                        + epsilon);
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.02f, Float.POSITIVE_INFINITY, Float.NaN})
    void theDeviationIsNotNegative(float deviation) {
        assertThatThrownBy(() -> EncoderConfig.of(100, 32, 1, 4, 16).withInitializerRange(deviation))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the deviation of initial weights (initializer_range) must be finite and not negative, got "
                        + deviation);
    }
}
