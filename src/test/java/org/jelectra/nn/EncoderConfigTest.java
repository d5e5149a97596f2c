package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
