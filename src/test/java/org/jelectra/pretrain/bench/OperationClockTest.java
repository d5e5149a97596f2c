package org.jelectra.pretrain.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

class OperationClockTest {

    private long now;
    private int waits;

    private static Tensor tensor(int... dimensions) {
        return Tensor.unbound("x", DType.FLOAT32, Shape.of(dimensions));
    }

    @Test
    void addsUpEqualNamesAndShapesAndTakesMeansOfTheSteps() {
        OperationClock clock = new OperationClock(() -> waits++, () -> now);
        for (int step = 0; step < 2; step++) {
            clock.start();
            now += 1_000_000 + 2_000_000 * step;
            clock.inspect("add", List.of(tensor(2, 3), tensor(2, 3)));
            now += 5_000_000;
            clock.inspect("linear", List.of(tensor(2, 3), tensor(4, 3), tensor(4)));
            now += 4_000_000;
            clock.inspect("linear", List.of(tensor(2, 3), tensor(4, 3), tensor(4)));
            now += 500_000;
            clock.inspect("add", List.of(tensor(6)));
            now += 9_000_000;
        }

        assertThat(clock.times())
                .containsExactly(
                        new OperationTime("linear", "[2, 3] [4, 3] [4]", 2, 9),
                        new OperationTime("add", "2x[2, 3]", 1, 2),
                        new OperationTime("add", "[6]", 1, 0.5));
        assertThat(waits).as("once at the beginning and after each operation").isEqualTo(10);
    }
}
