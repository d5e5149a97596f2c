package org.jelectra.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateScheduleTest {

    /** The rates of ELECTRA-Small's recipe. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 4.999995e-8",
        "100, 4.9995e-6",
        "5000, 2.4875e-4",
        "9999, 4.9495099995e-4",
        "10000, 4.95e-4",
        "20000, 4.90e-4",
        "62500, 4.6875e-4",
        "500000, 2.5e-4",
        "999999, 5.0e-10",
        "1000000, 0"
    })
    void small(long step, double expected) {
        LearningRateSchedule schedule = new LearningRateSchedule(5e-4, 1_000_000, 10_000, 1);
        assertThat(schedule.at(step)).isCloseTo(expected, Percentage.withPercentage(1e-6));
    }

    @Test
    void withoutWarmup() {
        assertThat(new LearningRateSchedule(1e-3, 10, 0, 1).at(0)).isEqualTo(1e-3);
        assertThat(new LearningRateSchedule(0, 1, 0, 1).at(0)).isZero();
    }

    @Test
    void powersBendTheDecayAndNothingIsLearntAfterTheEnd() {
        LearningRateSchedule schedule = new LearningRateSchedule(1e-3, 10, 0, 2);
        assertThat(schedule.at(5)).isEqualTo(2.5e-4);
        assertThat(schedule.at(11)).isZero();
    }

    @Test
    void badSettings() {
        assertThatThrownBy(() -> new LearningRateSchedule(1e-3, 0, 0, 1)).hasMessageContaining("steps 0");
        assertThatThrownBy(() -> new LearningRateSchedule(-1, 10, 0, 1)).hasMessageContaining("rate -1.0");
        assertThatThrownBy(() -> new LearningRateSchedule(1e-3, 10, Double.NaN, 1))
                .hasMessageContaining("warm-up NaN");
        for (double power : new double[] {-1, Double.NaN}) {
            assertThatThrownBy(() -> new LearningRateSchedule(1e-3, 10, 0, power))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("exponent " + power);
        }
    }
}
