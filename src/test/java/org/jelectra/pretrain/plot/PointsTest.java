package org.jelectra.pretrain.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.pretrain.Metrics;
import org.jelectra.pretrain.StepMetrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class PointsTest {

    private static List<StepMetrics> steps(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> Metrics.step(i, i, false))
                .toList();
    }

    @Test
    void valuesThatAreNotFiniteAreLeftOut() {
        Points points = Points.of(steps(4), step -> step.step() == 2 ? Double.NaN : step.step());

        assertThat(points.steps()).containsExactly(1, 3, 4);
        assertThat(points.values()).containsExactly(1, 3, 4);
    }

    @Test
    void soAreValuesWithoutAPlace() {
        double[] places = {1, Double.NaN, 3};
        Points points = Points.of(new Curve("loss", "", "run", places, new double[] {7, 8, Double.NaN}));

        assertThat(points.steps()).containsExactly(1);
        assertThat(points.values()).containsExactly(7);
    }

    @Test
    void averagesGroupsOfNeighbours() {
        Points points = Points.of(steps(7), StepMetrics::step).averaged(3);

        assertThat(points.values()).containsExactly(2, 5, 7);
        assertThat(points.steps()).containsExactly(2, 5, 7);
    }

    @Test
    void thinningKeepsTheLast() {
        Points points = Points.of(steps(8), StepMetrics::step).thinned(3);

        assertThat(points.steps()).containsExactly(2, 5, 8);
        assertThat(Points.of(steps(3), StepMetrics::step).thinned(3).size()).isEqualTo(3);
    }
}
