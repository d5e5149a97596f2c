package org.jelectra.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What {@link GoldenMetricsTest} has no values of. */
class CorrelationTest {

    /** The mean of three times 0.1 is not 0.1: a constant side is known by its values. */
    @Test
    void constantOrUndefinedNumbersCorrelateWithNothing() {
        double[] constant = {0.1, 0.1, 0.1};
        double[] growing = {1, 2, 3};
        double[] undefined = {1, Double.NaN, 3};
        assertThat(Correlation.pearson(constant, growing)).isNaN();
        assertThat(Correlation.pearson(growing, constant)).isNaN();
        assertThat(Correlation.spearman(undefined, growing)).isNaN();
        assertThat(Correlation.spearman(growing, undefined)).isNaN();
        assertThat(Correlation.isConstant(growing)).isFalse();
    }

    @Test
    void deviationIsThatOfTheValuesThemselves() {
        assertThat(Correlation.deviation(new double[] {1, 5})).isEqualTo(2);
        assertThat(Correlation.deviation(new double[] {7})).isZero();
    }

    @Test
    void bothSidesAreEquallyLong() {
        for (BiFunction<double[], double[], Double> metric : List.<BiFunction<double[], double[], Double>>of(
                Correlation::pearson, Correlation::spearman, Correlation::meanSquaredError)) {
            assertThatThrownBy(() -> metric.apply(new double[2], new double[3]))
                    .hasMessage("expected as many values on both sides, got 2 and 3");
        }
    }
}
