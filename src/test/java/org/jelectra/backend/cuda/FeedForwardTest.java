package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.gpu.sim.SimulatorOptions;
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
    /** Fewer rows than a tile has, as many as one or two have, and more, also such that single lanes have none. */
    private static final int[] ROWS = {1, 128, 131};
    /** One chunk, two, and more than weights are on their way. */
    private static final int[] INTERMEDIATE = {64, 128, 320};

    private SimulatedTensors tensors;
    private LinearLayers linearLayers;
    private AddLayerNorm addLayerNorm;
    private FeedForward feedForward;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(device(SimulatorOptions.defaults().withRaces(true)));
        linearLayers = new LinearLayers(tensors.device());
        addLayerNorm = new AddLayerNorm(tensors.device());
        AddLayerNormProducts products = new AddLayerNormProducts(tensors.device(), linearLayers, addLayerNorm);
        feedForward = new FeedForward(tensors.device(), linearLayers, products);
    }

    SimulatorOptions device(SimulatorOptions options) {
        return options;
    }

    @AfterEach
    void close() {
        tensors.close();
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
        Tensor x = tensors.values(rows, width);
        Tensor inner = tensors.parameters(intermediate, width);
        Tensor innerBias = withBias ? tensors.parameters(intermediate) : null;
        Tensor outer = tensors.parameters(width, intermediate);
        Tensor outerBias = withBias ? tensors.parameters(width) : null;
        Tensor residual = withResidual ? x : null;
        Tensor gamma = tensors.parameters(width);
        Tensor beta = tensors.parameters(width);
        Dropout dropout = tensors.dropout(dropping, 0.3f, 65541);
        List<List<float[]>> results = new ArrayList<>();
        for (boolean together : new boolean[] {false, true}) {
            Tensor before = tensors.emptyValues(rows, intermediate);
            Tensor after = tensors.emptyValues(rows, intermediate);
            Tensor sum = tensors.emptyValues(rows, width);
            Tensor y = tensors.emptyValues(rows, width);
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
                addLayerNorm
                        .forward(sum, new AddLayerNormOperands(dropout, residual, gamma, beta, EPSILON, sum, y, stats))
                        .run();
            }
            results.add(tensors.contents(before, after, sum, y, stats));
        }
        SimulatedTensors.assertSame(rows + " " + intermediate, results.get(1), results.get(0));
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
        Tensor dy = tensors.values(rows, width);
        Tensor outer = tensors.parameters(width, intermediate);
        Tensor preActivation = tensors.values(rows, intermediate);
        Tensor inner = tensors.parameters(intermediate, width);
        Tensor added = adding ? tensors.values(rows, width) : null;
        Tensor sum = tensors.values(rows, width);
        Tensor stats = tensors.parameters(rows, 2);
        Tensor gamma = tensors.parameters(width);
        Tensor before = tensors.parameters(1, width);
        Dropout dropout = tensors.dropout(dropping, 0.3f, 65541);
        List<List<float[]>> values = new ArrayList<>();
        List<List<float[]>> parameters = new ArrayList<>();
        // one after the other; by one launch; the same in place of what is added
        for (int way = 0; way < 3; way++) {
            Tensor others = adding ? tensors.copy(added) : null;
            Tensor dPreActivation = tensors.emptyValues(rows, intermediate);
            Tensor dx = way == 2 && adding ? others : tensors.emptyValues(rows, width);
            Tensor dResidual = withResidual ? tensors.emptyValues(rows, width) : null;
            Tensor dGamma = tensors.copy(before);
            Tensor dBeta = tensors.copy(before);
            if (way > 0) {
                feedForward
                        .backward(
                                new FeedForwardBackward(dy, outer, preActivation, dPreActivation, inner),
                                new AddLayerNormBackward(
                                        others, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .alone(tensors.device())
                        .run();
            } else {
                Tensor gradient = adding ? others : dx;
                linearLayers
                        .backwardInputGelu(dy, outer, preActivation, dPreActivation)
                        .run();
                linearLayers
                        .backwardInput(dPreActivation, inner, gradient, adding)
                        .run();
                addLayerNorm
                        .backward(new AddLayerNormBackward(
                                gradient, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .alone(tensors.device())
                        .run();
            }
            values.add(
                    withResidual
                            ? tensors.contents(dPreActivation, dx, dResidual)
                            : tensors.contents(dPreActivation, dx));
            parameters.add(tensors.contents(dGamma, dBeta));
        }
        for (int way = 1; way < 3; way++) {
            SimulatedTensors.assertSame(rows + " " + intermediate, values.get(way), values.get(0));
            for (int i = 0; i < 2; i++) {
                RowSums.assertClose(
                        parameters.get(way).get(i), parameters.get(0).get(i));
            }
        }
        assertThat(tensors.counters("feed_forward_backward_w" + width + "_bf16").launches())
                .isPositive();
    }

    /** What no tile has room for goes by several launches: other widths, parts of a chunk, ends that differ, no rows. */
    @Test
    void otherSizesGoOneAfterTheOther() {
        for (int[] size : new int[][] {{5, 128, 64, 128}, {5, 64, 96, 64}, {5, 128, 64, 64}, {0, 64, 64, 64}}) {
            int rows = size[0];
            int inputs = size[1];
            int intermediate = size[2];
            int width = size[3];
            Tensor x = tensors.values(rows, inputs);
            Tensor before = tensors.emptyValues(rows, intermediate);
            Tensor after = tensors.emptyValues(rows, intermediate);
            Tensor sum = tensors.emptyValues(rows, width);
            Tensor y = tensors.emptyValues(rows, width);
            Tensor stats = tensors.empty(DType.FLOAT32, 0, rows, 2);
            Tensor gamma = tensors.parameters(width);
            Tensor beta = tensors.parameters(width);
            Tensor inner = tensors.parameters(intermediate, inputs);
            Tensor outer = tensors.parameters(width, intermediate);
            feedForward
                    .forward(
                            new FeedForwardOperands(x, inner, null, before, after, outer, null),
                            new AddLayerNormOperands(Dropout.NONE, null, gamma, beta, EPSILON, sum, y, stats))
                    .run();
            Tensor dx = tensors.emptyValues(rows, width);
            feedForward
                    .backward(
                            new FeedForwardBackward(
                                    x,
                                    tensors.parameters(inputs, intermediate),
                                    before,
                                    after,
                                    tensors.parameters(intermediate, width)),
                            new AddLayerNormBackward(null, sum, stats, gamma, Dropout.NONE, dx, null, gamma, beta))
                    .alone(tensors.device())
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
            tensors.assertTouchedOnce(kernel + width + "_bf16");
        }
    }
}
