package org.jelectra.pretrain.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PercentilesTest {

    @Test
    void interpolatesBetweenTheSortedNumbers() {
        Percentiles five = new Percentiles(40, 10, 50, 20, 30);

        assertThat(five.at(0)).isEqualTo(10);
        assertThat(five.at(20)).isEqualTo(18);
        assertThat(five.at(50)).isEqualTo(30);
        assertThat(five.at(80)).isEqualTo(42);
        assertThat(five.at(100)).isEqualTo(50);
        assertThat(new Percentiles(1, 2).at(50)).isEqualTo(1.5);
    }

    @Test
    void oneNumberIsEveryPercentile() {
        assertThat(new Percentiles(7).at(0)).isEqualTo(7);
        assertThat(new Percentiles(7).at(80)).isEqualTo(7);
    }

    @Test
    void leavesTheNumbersAsTheyWere() {
        double[] numbers = {2, 1};

        assertThat(new Percentiles(numbers).at(100)).isEqualTo(2);
        assertThat(numbers).containsExactly(2, 1);
    }

    @Test
    void saysWhatItNeeds() {
        assertThatIllegalArgumentException()
                .isThrownBy(Percentiles::new)
                .withMessage("percentiles need at least one number, got none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Percentiles(1, Double.NaN))
                .withMessage("percentiles need numbers, got [1.0, NaN]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Percentiles(1).at(101))
                .withMessage("a percentile lies between 0 and 100, got 101.0");
    }
}
