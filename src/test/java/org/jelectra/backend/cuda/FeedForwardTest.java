package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.Randomness;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The feed-forward part of a layer by one launch against its operations one after the other, bit for bit. */
class FeedForwardTest {

    private static final DType BF16 = DType.BFLOAT16;
    private static final float EPSILON = 1e-12f;
    /** Fewer rows than a tile has, as many, and more, also such that single lanes have none. */
    private static final int[] ROWS = {1, 64, 131};
    /** One chunk, two, and more than weights are on their way. */
    private static final int[] INTERMEDIATE = {64, 128, 320};

    private SimulatedTensors tensors;
    private LinearLayers linearLayers;
    private LayerNormalization layerNormalization;
    private FeedForward feedForward;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
        linearLayers = new LinearLayers(tensors.device());
        layerNormalization = new LayerNormalization(tensors.device());
        NormalizedProducts products = new NormalizedProducts(tensors.device(), linearLayers, layerNormalization);
        feedForward = new FeedForward(tensors.device(), linearLayers, products, layerNormalization);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    private Tensor values(int rows, int width) {
        return tensors.tensor(BF16, 0, tensors.numbers(rows * width), rows, width);
    }

    private Tensor empty(int rows, int width) {
        return tensors.empty(BF16, 0, rows, width);
    }

    private Tensor numbers(int... shape) {
        int size = 1;
        for (int dimension : shape) {
            size *= dimension;
        }
        return tensors.tensor(DType.FLOAT32, 0, tensors.numbers(size), shape);
    }

    private Tensor copy(Tensor tensor) {
        return tensors.tensor(
                tensor.dtype(),
                0,
                tensors.read(tensor),
                tensor.shape().rows(),
                tensor.shape().width());
    }

    private Dropout dropout(boolean active) {
        Tensor clock = tensors.integers(new int[] {7, 8, 9, 2});
        return active ? new Dropout(0.3f, new Randomness(clock, 65541)) : Dropout.NONE;
    }

    private List<float[]> contents(Tensor... results) {
        List<float[]> contents = new ArrayList<>();
        for (Tensor result : results) {
            contents.add(tensors.read(result));
        }
        return contents;
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void forwardIsTheOperationsOneAfterTheOther(int width) {
        int turn = 0;
        for (int rows : ROWS) {
            for (int intermediate : INTERMEDIATE) {
                // every combination of the three over the nine sizes
                forward(rows, intermediate, width, (turn & 1) == 0, (turn & 2) == 0, (turn & 4) == 0);
                turn++;
            }
        }
    }

    private void forward(
            int rows, int intermediate, int width, boolean withBias, boolean withResidual, boolean dropping) {
        Tensor x = values(rows, width);
        Tensor inner = numbers(intermediate, width);
        Tensor innerBias = withBias ? numbers(intermediate) : null;
        Tensor outer = numbers(width, intermediate);
        Tensor outerBias = withBias ? numbers(width) : null;
        Tensor residual = withResidual ? x : null;
        Tensor gamma = numbers(width);
        Tensor beta = numbers(width);
        Dropout dropout = dropout(dropping);
        List<List<float[]>> results = new ArrayList<>();
        for (boolean together : new boolean[] {false, true}) {
            Tensor before = empty(rows, intermediate);
            Tensor after = empty(rows, intermediate);
            Tensor sum = empty(rows, width);
            Tensor y = empty(rows, width);
            Tensor stats = tensors.empty(DType.FLOAT32, 0, rows, 2);
            if (together) {
                feedForward
                        .forward(
                                new FeedForwardOperands(x, inner, innerBias, before, after, outer, outerBias),
                                new AddLayerNormOperands(dropout, residual, gamma, beta, EPSILON, sum, y, stats))
                        .run();
            } else {
                linearLayers.forwardGelu(x, inner, innerBias, before, after).run();
                linearLayers.forward(after, outer, outerBias, sum).run();
                layerNormalization
                        .forward(sum, new AddLayerNormOperands(dropout, residual, gamma, beta, EPSILON, sum, y, stats))
                        .run();
            }
            results.add(contents(before, after, sum, y, stats));
        }
        assertThat(results.get(1))
                .as(rows + " " + intermediate)
                .usingRecursiveComparison()
                .isEqualTo(results.get(0));
        assertThat(tensors.counters("feed_forward_w" + width + "_bf16").launches())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void backwardIsTheOperationsOneAfterTheOther(int width) {
        int turn = 0;
        for (int rows : ROWS) {
            for (int intermediate : INTERMEDIATE) {
                backward(rows, intermediate, width, (turn & 1) == 0, (turn & 2) == 0, (turn & 4) == 0);
                turn++;
            }
        }
    }

    private void backward(
            int rows, int intermediate, int width, boolean adding, boolean withResidual, boolean dropping) {
        Tensor dy = values(rows, width);
        Tensor outer = numbers(width, intermediate);
        Tensor preActivation = values(rows, intermediate);
        Tensor inner = numbers(intermediate, width);
        Tensor added = adding ? values(rows, width) : null;
        Tensor sum = values(rows, width);
        Tensor stats = numbers(rows, 2);
        Tensor gamma = numbers(width);
        Tensor before = numbers(1, width);
        Dropout dropout = dropout(dropping);
        List<List<float[]>> values = new ArrayList<>();
        List<List<float[]>> parameters = new ArrayList<>();
        // one after the other; by one launch; the same in place of what is added
        for (int way = 0; way < 3; way++) {
            Tensor others = adding ? copy(added) : null;
            Tensor dPreActivation = empty(rows, intermediate);
            Tensor dx = way == 2 && adding ? others : empty(rows, width);
            Tensor dResidual = withResidual ? empty(rows, width) : null;
            Tensor dGamma = copy(before);
            Tensor dBeta = copy(before);
            if (way > 0) {
                feedForward
                        .backward(
                                new FeedForwardBackward(dy, outer, preActivation, dPreActivation, inner),
                                new AddLayerNormBackward(
                                        others, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .run();
            } else {
                Tensor gradient = adding ? others : dx;
                linearLayers
                        .backwardInputGelu(dy, outer, preActivation, dPreActivation)
                        .run();
                linearLayers
                        .backwardInput(dPreActivation, inner, gradient, adding)
                        .run();
                layerNormalization
                        .backward(new AddLayerNormBackward(
                                gradient, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .run();
            }
            values.add(withResidual ? contents(dPreActivation, dx, dResidual) : contents(dPreActivation, dx));
            parameters.add(contents(dGamma, dBeta));
        }
        for (int way = 1; way < 3; way++) {
            assertThat(values.get(way))
                    .as(rows + " " + intermediate)
                    .usingRecursiveComparison()
                    .isEqualTo(values.get(0));
            for (int i = 0; i < 2; i++) {
                assertClose(parameters.get(way).get(i), parameters.get(0).get(i));
            }
        }
        assertThat(tensors.counters("feed_forward_backward_w" + width + "_bf16").launches())
                .isPositive();
    }

    /** Sums over the rows in another order. */
    private static void assertClose(float[] got, float[] expected) {
        float largest = 0;
        for (float number : expected) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).isBetween(expected[i] - 1e-5f * largest, expected[i] + 1e-5f * largest);
        }
    }

    /** What no tile has room for goes by several launches: other widths, parts of a chunk, ends that differ, no rows. */
    @Test
    void otherSizesGoOneAfterTheOther() {
        for (int[] size : new int[][] {{5, 128, 64, 128}, {5, 64, 96, 64}, {5, 128, 64, 64}, {0, 64, 64, 64}}) {
            int rows = size[0];
            int inputs = size[1];
            int intermediate = size[2];
            int width = size[3];
            Tensor x = values(rows, inputs);
            Tensor before = empty(rows, intermediate);
            Tensor after = empty(rows, intermediate);
            Tensor sum = empty(rows, width);
            Tensor y = empty(rows, width);
            Tensor stats = tensors.empty(DType.FLOAT32, 0, rows, 2);
            Tensor gamma = numbers(width);
            Tensor beta = numbers(width);
            Tensor inner = numbers(intermediate, inputs);
            Tensor outer = numbers(width, intermediate);
            feedForward
                    .forward(
                            new FeedForwardOperands(x, inner, null, before, after, outer, null),
                            new AddLayerNormOperands(Dropout.NONE, null, gamma, beta, EPSILON, sum, y, stats))
                    .run();
            Tensor dx = empty(rows, width);
            feedForward
                    .backward(
                            new FeedForwardBackward(
                                    x, numbers(inputs, intermediate), before, after, numbers(intermediate, width)),
                            new AddLayerNormBackward(null, sum, stats, gamma, Dropout.NONE, dx, null, gamma, beta))
                    .run();
        }
        assertThat(tensors.kernels())
                .contains("gemm_forward_64_bf16", "gemm_backward_input_64_bf16", "layer_norm_backward_w128_bf16")
                .noneMatch(name -> name.startsWith("feed_forward"));
    }

    /** Each operand is read once, and the weights by every block; no two lanes want the same bank. */
    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void memoryIsTouchedOnce(int width) {
        forward(128, 128, width, true, true, true);
        backward(128, 128, width, true, true, true);
        for (String kernel : List.of("feed_forward_w", "feed_forward_backward_w")) {
            KernelCounters counters = tensors.counters(kernel + width + "_bf16");
            assertThat(counters.sharedWavefronts()).as(kernel).isEqualTo(counters.idealSharedWavefronts());
            assertThat(counters.loadSectors()).as(kernel).isLessThan(counters.idealLoadSectors() * 11 / 10);
            assertThat(counters.storeSectors()).as(kernel).isLessThan(counters.idealStoreSectors() * 11 / 10);
        }
    }
}
