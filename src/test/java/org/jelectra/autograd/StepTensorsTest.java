package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Randomness;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

class StepTensorsTest {

    private final Tensor a = tensor("a");
    private final Tensor b = tensor("b");
    private final Tensor c = tensor("c");
    private final Tensor d = tensor("d");
    private final Tensor clock = tensor("clock");

    private static Tensor tensor(String name) {
        return Tensor.unbound(name, DType.FLOAT32, Shape.of(1));
    }

    private static Variable variable(Tensor value) {
        return new Variable(null, value, false);
    }

    @Test
    void thoseOfVariablesAndListsInTheirOrderWithoutNulls() {
        assertThat(StepTensors.of(a, variable(b), null, Arrays.asList(c, null, d)))
                .containsExactly(a, b, c, d);
        assertThat(StepTensors.of(new LinearParameters(variable(b), null), a)).containsExactly(b, a);
    }

    @Test
    void thoseOfARecordAndOfRecordsInIt() {
        Dropout dropout = new Dropout(0.1f, new Randomness(clock, 1));
        AttentionOperands operands = new AttentionOperands(a, b, new AttentionShape(1, 1, 1, 1), dropout, c, null);
        assertThat(StepTensors.of(operands, d)).containsExactly(a, b, c, d);
    }

    @Test
    void nothingElse() {
        assertThatThrownBy(() -> StepTensors.of(a, "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a step reads and writes tensors, variables, records and lists of these, got b");
        assertThatThrownBy(() -> StepTensors.of(List.of(a, Optional.of(b))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(StepTensors.of(List.of())).isEmpty();
    }
}
