package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jelectra.backend.TestTensors.read;
import static org.jelectra.backend.cpu.TestKernels.random;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frozen weights give the same bits, and stay as they are. */
@Tag("every-jdk")
class FrozenWeightsTest {

    private static Tensor tensor(Backend backend, float[] values, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        Tensor tensor = Tensor.of("t", shape, backend.allocate(DType.FLOAT32, shape.size()), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private static float[] linear(Backend backend, int rows, Tensor weight, Tensor bias) {
        Tensor x = tensor(backend, random(rows * 37, 1, rows), rows, 37);
        Tensor y = tensor(backend, new float[rows * 70], rows, 70);
        backend.linear(x, weight, bias, y).run();
        return read(backend, y);
    }

    @Test
    void sameBitsForAnyNumberOfRows() {
        try (Backend backend = CpuBackend.create(2)) {
            Tensor weight = tensor(backend, random(70 * 37, 1, 1), 70, 37);
            Tensor bias = tensor(backend, random(70, 1, 2), 70);
            int[] counts = {1, 4, 33, 700};
            float[][] before = new float[counts.length][];
            for (int i = 0; i < counts.length; i++) {
                before[i] = linear(backend, counts[i], weight, bias);
            }
            backend.freeze(weight.storage());
            for (int i = 0; i < counts.length; i++) {
                assertThat(linear(backend, counts[i], weight, bias)).containsExactly(before[i]);
            }
            float[] other = random(70 * 37, 1, 9);
            assertThatThrownBy(() -> backend.upload(other, 0, weight))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is frozen");
        }
    }
}
