package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Distributions, from as many numbers as tell them within some thousandths. */
class InitializerTest {

    private static final int COUNT = 400_000;

    private static double[] drawn(Initializer initializer, Shape shape) {
        float[] values = new float[COUNT];
        initializer.initialize(values, shape, new RandomSource(11, 1, 0, 0));
        return IntStream.range(0, COUNT).mapToDouble(i -> values[i]).toArray();
    }

    private static double share(double[] values, DoublePredicate of) {
        return (double) Arrays.stream(values).filter(of).count() / COUNT;
    }

    private static double meanSquare(double[] values) {
        return Arrays.stream(values).map(x -> x * x).average().orElseThrow();
    }

    /** Shares of a normal distribution: 0.3829 within half a deviation, 0.6827 within one, 0.9545 within two. */
    @Test
    void aNormalDistributionWithoutWhatIsBeyondTwoDeviations() {
        double deviation = 0.02;
        double[] values = drawn(Initializer.truncatedNormal(deviation), Shape.of(COUNT));
        assertThat(Arrays.stream(values)).allMatch(x -> Math.abs(x) <= 2 * deviation + 1e-8);
        assertThat(share(values, x -> x > 0)).isCloseTo(0.5, within(0.003));
        assertThat(share(values, x -> Math.abs(x) < 0.5 * deviation)).isCloseTo(0.3829 / 0.9545, within(0.003));
        assertThat(share(values, x -> Math.abs(x) < deviation)).isCloseTo(0.6827 / 0.9545, within(0.003));
        assertThat(share(values, x -> Math.abs(x) > 1.9 * deviation))
                .isCloseTo((0.9545 - 0.9426) / 0.9545, within(0.001));
        assertThat(Math.sqrt(meanSquare(values))).as("0.8796 deviations").isCloseTo(0.017593, within(1e-4));
    }

    @Test
    void uniformWithTheLimitOfTheMatrix() {
        assertUniform(Initializer.GLOROT_UNIFORM, 0.1); // sqrt(6 / 600)
        assertUniform(Initializer.glorotUniform(40, 14), 1.0 / 3);
    }

    private static void assertUniform(Initializer initializer, double limit) {
        double[] values = drawn(initializer, Shape.of(200, 400));
        assertThat(Arrays.stream(values)).allMatch(x -> Math.abs(x) <= limit + 1e-8);
        assertThat(share(values, x -> x > 0)).isCloseTo(0.5, within(0.003));
        assertThat(share(values, x -> Math.abs(x) > 0.9 * limit)).isCloseTo(0.1, within(0.003));
        assertThat(meanSquare(values)).isCloseTo(limit * limit / 3, within(0.01 * limit * limit / 3));
    }
}
