package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
