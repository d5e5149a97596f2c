package org.jelectra.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers as tables and people get them. */
@Tag("every-jdk")
class RowPredictionTest {

    @Test
    void probabilitiesAreThoseOfTheFormat() {
        for (int i = 0; i <= 20_000; i++) {
            double place = i / 20_000.0; // a number of four decimals, or half way between two
            assertNumber(place);
            assertNumber(Math.nextUp(place));
            assertNumber(Math.nextDown(place));
        }
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            assertNumber(random.nextDouble());
            assertNumber(Math.exp(-20 * random.nextDouble()));
        }
        for (double other : new double[] {-0.0, -0.25, 1.00005, 12.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertNumber(other);
        }
    }

    private static void assertNumber(double value) {
        assertThat(RowPrediction.number(value)).isEqualTo(String.format(Locale.ROOT, "%.4f", value));
    }
}
