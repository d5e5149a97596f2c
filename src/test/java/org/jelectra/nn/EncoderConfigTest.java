package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
