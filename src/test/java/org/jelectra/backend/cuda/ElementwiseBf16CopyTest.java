package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A product in bf16 reads weights as an operation on each element has left them, not the copy that was made before. */
class ElementwiseBf16CopyTest {

    private static final int WIDTH = 8;

    private Backend backend;
    private Tensor weight;
    private Tensor y;

    @BeforeEach
    void open() {
        backend = SimulatedBackends.open(DType.BFLOAT16);
        Tensor both = tensor("weights", DType.FLOAT32, 3, 2 * WIDTH);
        weight = both.view("weight", WIDTH, Shape.of(1, WIDTH));
        y = tensor("y", DType.BFLOAT16, 0, 1);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor tensor(String name, DType type, float value, int width) {
        Tensor tensor = Tensor.of(name, Shape.of(1, width), backend.allocate(type, width), 0);
        backend.fill(tensor, value).run();
        return tensor;
    }

    /** The sum of the weights. */
    private Operation product() {
        return backend.linear(tensor("ones", DType.BFLOAT16, 1, WIDTH), weight, null, y);
    }

    private float sum(Operation... operations) {
        Operation.sequence(operations).run();
        float[] sum = new float[1];
        backend.download(y, sum, 0);
        return sum[0];
    }

    @Test
    void theCopyFollows() {
        Tensor twos = tensor("twos", DType.FLOAT32, 2, WIDTH);
        Tensor tens = tensor("tens", DType.FLOAT32, 10, WIDTH); // gelu(10) = 10, gelu'(10) = 1
        Operation product = product();
        assertThat(sum(product)).isEqualTo(24);
        assertThat(sum(backend.fill(weight, 0), product)).isZero();
        assertThat(sum(backend.add(twos, weight), product)).isEqualTo(16);
        assertThat(sum(backend.dropout(tens, Dropout.NONE, weight), product)).isEqualTo(80);
        assertThat(sum(backend.geluBackward(tens, twos, weight), product)).isEqualTo(16);
        assertThat(sum(backend.gelu(tens, weight), product)).isEqualTo(80);
    }

    @Test
    void aCopyMadeLaterAndARecordingFollowToo() {
        Operation add = backend.add(tensor("ones", DType.FLOAT32, 1, WIDTH), weight);
        Operation step = backend.recorded(add.then(product()));
        for (int weights : List.of(4, 5, 6, 7)) {
            assertThat(sum(step)).isEqualTo(8 * weights);
        }
    }
}
