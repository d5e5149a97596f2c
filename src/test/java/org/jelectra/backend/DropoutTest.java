package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {

    private static Dropout of(float probability) {
        return new Dropout(probability, new Randomness(null, 0));
    }

    @Test
    void probabilitiesAreMultiplesOfTheSmallestStep() {
        assertThat(of(0.5f).threshold()).isEqualTo(32768);
        assertThat(of(0.5f).scale()).isEqualTo(2);
        assertThat(of(1e-6f).isActive()).isFalse();
    }

    @Test
    void theLargestProbabilityKeepsOneOf65536() {
        Dropout dropout = of(Math.nextDown(1f));
        assertThat(dropout.threshold()).isEqualTo(65535);
        assertThat(dropout.scale()).isEqualTo(65536);
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, 1, Float.NaN})
    void probabilitiesThatAreNoneAreRefused(float probability) {
        assertThatThrownBy(() -> of(probability))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dropout probability must be in [0, 1), got " + probability);
    }

    @Test
    void onlyWhatDropsNothingNeedsNoSource() {
        assertThat(new Dropout(0, null)).isEqualTo(Dropout.NONE);
        assertThatThrownBy(() -> new Dropout(0.1f, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dropout of 0.1 needs a source of random numbers");
    }
}
