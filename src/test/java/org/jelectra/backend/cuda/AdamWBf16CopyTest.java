package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.AdamWOptions.Segment;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The update keeps the copy of the parameters that matrix products read. */
class AdamWBf16CopyTest {

    private static final int SIZE = 10_000;

    private SimulatedTensors tensors;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    @Test
    void copyFollowsTheParameters() {
        copyFollows(0, true);
    }

    @Test
    void copyFollowsParametersThatBeginAnywhere() {
        copyFollows(3, true);
    }

    @Test
    void copyMadeAfterTheUpdateWasPreparedFollowsToo() {
        copyFollows(0, false);
    }

    private void copyFollows(int offset, boolean copyFirst) {
        Tensor p = tensors.tensor(DType.FLOAT32, offset, tensors.numbers(SIZE), SIZE);
        if (copyFirst) {
            tensors.device().bf16Address(p);
        }
        Operation update = update(p);
        update.run();
        long copy = tensors.device().bf16Address(p);
        float[] first = tensors.read(p);
        assertThat(tensors.readBf16(copy, SIZE)).isEqualTo(rounded(first));
        update.run();
        assertThat(tensors.read(p)).isNotEqualTo(first);
        assertThat(tensors.readBf16(copy, SIZE)).isEqualTo(rounded(tensors.read(p)));
    }

    private Operation update(Tensor p) {
        List<Segment> segments = List.of(new Segment(1, 5, 1, 0), new Segment(6, 9000, 1, 0.01f));
        Tensor rate = tensors.tensor(DType.FLOAT32, 0, new float[] {0.1f}, 1);
        Tensor norm = tensors.tensor(DType.FLOAT32, 0, new float[] {2}, 1);
        return new Optimizer(tensors.device())
                .adamW(
                        p,
                        tensors.tensor(DType.FLOAT32, 0, tensors.numbers(SIZE), SIZE),
                        tensors.empty(DType.FLOAT32, 0, SIZE),
                        tensors.empty(DType.FLOAT32, 0, SIZE),
                        norm,
                        new AdamWOptions(0.9, 0.999, 1e-6f, 1, rate, segments));
    }

    private static float[] rounded(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = Bfloat16.toFloat(Bfloat16.of(values[i]));
        }
        return rounded;
    }
}
