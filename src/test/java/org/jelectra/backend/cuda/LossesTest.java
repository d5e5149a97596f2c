package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.List;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Randomness;
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
        CrossEntropyOperands operands =
                operands(tensors.tensor(DType.FLOAT32, 0, new float[vocabulary], 1, vocabulary), 0);
        new Losses(tensors.device()).crossEntropyWithGradient(operands, null, 1).run();
        return tensors.read(operands.loss())[0];
    }

    /** One row. */
    private CrossEntropyOperands operands(Tensor logits, int label) {
        Tensor ones = tensors.tensor(DType.FLOAT32, 0, new float[] {1}, 1);
        return new CrossEntropyOperands(
                logits,
                tensors.integers(new int[] {label}),
                ones,
                ones,
                tensors.empty(DType.FLOAT32, 0, 1),
                tensors.empty(DType.FLOAT32, 0, 1),
                tensors.empty(DType.FLOAT32, 0, 1));
    }

    /** Words may be excluded by -infinity or the least number, and logits be as large as numbers go. */
    @Test
    void logitsMayBeInfinitelySmallOrLarge() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            for (float excluded : new float[] {Float.NEGATIVE_INFINITY, -0x1.fep127f}) {
                for (float likely : new float[] {-1e38f, 0, 0x1.fep127f}) {
                    float[] values = new float[300];
                    Arrays.fill(values, excluded);
                    values[7] = likely;
                    values[290] = likely;
                    Tensor logits = tensors.tensor(type, 0, values, 1, values.length);
                    CrossEntropyOperands operands = operands(logits, 7);
                    Tensor sampled = tensors.integers(new int[] {-1});
                    Randomness randomness = new Randomness(tensors.integers(new int[] {1, 2, 3, 0}), 5);
                    new Losses(tensors.device())
                            .crossEntropyWithGradient(operands, new MultinomialDraw(1, randomness, sampled), 1)
                            .run();
                    float[] gradient = new float[values.length];
                    gradient[7] = -0.5f;
                    gradient[290] = 0.5f;
                    String what = type + ", " + likely + " among " + excluded;
                    assertThat(tensors.read(operands.loss())[0]).as(what).isCloseTo((float) Math.log(2), offset(1e-6f));
                    assertThat(tensors.read(operands.correct())).as(what).containsExactly(1);
                    if (likely == 0) { // else the log-sum-exp is the largest logit, rounded
                        assertThat(tensors.read(logits)).as(what).containsExactly(gradient, offset(1e-6f));
                    }
                    assertThat(tensors.readIntegers(sampled)[0]).as(what).isIn(7, 290);
                }
            }
        }
    }

    /** At more the instructions, not the bytes, would be what a device of 4 TB/s takes its time for. */
    @Test
    void aLogitOfTheGeneratorTakesFewInstructions() {
        int vocabulary = 30_522;
        int rows = 4;
        Tensor ones = tensors.tensor(DType.FLOAT32, 0, new float[] {1, 1, 1, 1}, rows);
        CrossEntropyOperands operands = new CrossEntropyOperands(
                tensors.values(rows, vocabulary),
                tensors.integers(new int[] {0, 1, 5000, 30_521}),
                ones,
                tensors.tensor(DType.FLOAT32, 0, new float[] {rows}, 1),
                tensors.empty(DType.FLOAT32, 0, rows),
                tensors.empty(DType.FLOAT32, 0, rows),
                tensors.empty(DType.FLOAT32, 0, 1));
        Randomness randomness = new Randomness(tensors.integers(new int[] {1, 2, 3, 0}), 5);
        new Losses(tensors.device())
                .crossEntropyWithGradient(
                        operands, new MultinomialDraw(1, randomness, tensors.integers(new int[rows])), 1)
                .run();
        long instructions =
                tensors.counters("cross_entropy_and_sample_with_gradient_bf16").warpInstructions();
        assertThat(32.0 * instructions / rows / vocabulary)
                .as("instructions for a logit")
                .isLessThan(24.7);
    }
}
