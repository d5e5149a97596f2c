package org.jelectra.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LengthBucketsTest {

    @ParameterizedTest
    @CsvSource({
        "1, 512, 16",
        "16, 512, 16",
        "17, 512, 32",
        "512, 512, 512",
        "5, 10, 10",
        "40, 40, 40",
        "513, 1000, 1000"
    })
    void theShortestThatHoldsTheText(int tokens, int maxLength, int length) {
        assertThat(LengthBuckets.length(tokens, maxLength)).isEqualTo(length);
    }

    @Test
    void longerTextsAreRefused() {
        assertThatThrownBy(() -> LengthBuckets.length(41, 40))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected at most 40 tokens, got a sequence of 41");
    }

    @Test
    void allLengthsAreKnownBefore() {
        assertThat(LengthBuckets.upTo(64)).containsExactly(16, 32, 48, 64);
        assertThat(LengthBuckets.upTo(50)).containsExactly(16, 32, 48, 50);
    }
}
