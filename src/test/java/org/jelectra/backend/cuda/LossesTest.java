package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of the kernels of losses; what they compute is in the contract. */
class LossesTest {

    private final SimulatedTensors tensors = new SimulatedTensors(false);

    @AfterEach
    void close() {
        tensors.close();
    }

    @Test
    void aRowIsCopiedWhereItFitsBesideTheKernelsOwnSharedMemory() {
        int floats = tensors.device().gpu().properties().sharedMemoryPerBlock() / Float.BYTES;
        float last = 0;
        for (int vocabulary = floats - 400; vocabulary <= floats; vocabulary += 50) {
            float loss = loss(vocabulary);
            assertThat(loss).as("of %d equal logits", vocabulary).isGreaterThan(last);
            last = loss;
        }
        assertThat(last).isCloseTo((float) Math.log(floats), offset(1e-5f));
    }

    private float loss(int vocabulary) {
        Tensor ones = tensors.tensor(DType.FLOAT32, 0, new float[] {1}, 1);
        Tensor loss = tensors.empty(DType.FLOAT32, 0, 1);
        CrossEntropyOperands operands = new CrossEntropyOperands(
                tensors.tensor(DType.FLOAT32, 0, new float[vocabulary], 1, vocabulary),
                tensors.integers(new int[1]),
                ones,
                ones,
                tensors.empty(DType.FLOAT32, 0, 1),
                tensors.empty(DType.FLOAT32, 0, 1),
                loss);
        new Losses(tensors.device()).crossEntropyWithGradient(operands, 1).run();
        return tensors.read(loss)[0];
    }
}
