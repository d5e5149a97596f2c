package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products and layer normalisation by one launch against the two one after the other, bit for bit. */
class AddLayerNormProductsTest {

    private static final DType BF16 = DType.BFLOAT16;
    private static final float EPSILON = 1e-12f;
    /** Fewer rows than a tile has, as many, and more, also such that single lanes have none. */
    private static final int[] ROWS = {1, 64, 131};
    /** Less than a step of the product, a part of a step more than one, and more than the pipeline holds. */
    private static final int[] INPUTS = {8, 40, 328};

    private SimulatedTensors tensors;
    private LinearLayers linearLayers;
    private AddLayerNorm addLayerNorm;
    private AddLayerNormProducts products;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(device(SimulatorOptions.defaults().withRaces(true)));
        linearLayers = new LinearLayers(tensors.device());
        addLayerNorm = new AddLayerNorm(tensors.device());
        products = new AddLayerNormProducts(tensors.device(), linearLayers, addLayerNorm);
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
    void forwardIsBothOperations(int width) {
        int turn = 0;
        for (int rows : ROWS) {
            for (int inputs : INPUTS) {
                // every combination of the three over the nine sizes
                forward(rows, inputs, width, (turn & 1) == 0, (turn & 2) == 0, (turn & 4) == 0);
                turn++;
            }
        }
    }

    private void forward(int rows, int inputs, int width, boolean withBias, boolean withResidual, boolean dropping) {
        Tensor x = tensors.values(rows, inputs);
        Tensor weight = tensors.parameters(width, inputs);
        Tensor bias = withBias ? tensors.parameters(width) : null;
        Tensor residual = withResidual ? tensors.values(rows, width) : null;
        Tensor gamma = tensors.parameters(width);
        Tensor beta = tensors.parameters(width);
        Dropout dropout = tensors.dropout(dropping, 0.3f, 65541);
        List<List<float[]>> results = new ArrayList<>();
        for (boolean together : new boolean[] {false, true}) {
            Tensor sum = tensors.empty(BF16, 0, rows, width);
            Tensor y = tensors.empty(BF16, 0, rows, width);
            Tensor stats = tensors.empty(DType.FLOAT32, 0, rows, 2);
            if (together) {
                products.forward(
                                x,
                                weight,
                                bias,
                                new AddLayerNormOperands(dropout, residual, gamma, beta, EPSILON, sum, y, stats))
                        .run();
            } else {
                linearLayers.forward(x, weight, bias, sum).run();
                addLayerNorm
                        .forward(sum, new AddLayerNormOperands(dropout, residual, gamma, beta, EPSILON, sum, y, stats))
                        .run();
            }
            results.add(tensors.contents(sum, y, stats));
        }
        SimulatedTensors.assertSame(rows + " " + inputs, results.get(1), results.get(0));
        assertThat(tensors.counters("gemm_forward_layer_norm_w" + width + "_bf16")
                        .launches())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void backwardIsBothOperations(int width) {
        int turn = 0;
        for (int rows : ROWS) {
            for (int outputs : INPUTS) {
                backward(rows, outputs, width, (turn & 1) == 0, (turn & 2) == 0, (turn & 4) == 0);
                turn++;
            }
        }
    }

    private void backward(int rows, int outputs, int width, boolean adding, boolean withResidual, boolean dropping) {
        Tensor dy = tensors.values(rows, outputs);
        Tensor weight = tensors.parameters(outputs, width);
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
            Tensor dx = way == 2 && adding ? others : tensors.empty(BF16, 0, rows, width);
            Tensor dResidual = withResidual ? tensors.empty(BF16, 0, rows, width) : null;
            Tensor dGamma = tensors.copy(before);
            Tensor dBeta = tensors.copy(before);
            if (way > 0) {
                products.backward(
                                dy,
                                weight,
                                new AddLayerNormBackward(
                                        others, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .alone(tensors.device())
                        .run();
            } else {
                Tensor gradient = adding ? others : dx;
                linearLayers.backwardInput(dy, weight, gradient, adding).run();
                addLayerNorm
                        .backward(new AddLayerNormBackward(
                                gradient, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .alone(tensors.device())
                        .run();
            }
            values.add(withResidual ? tensors.contents(dx, dResidual) : tensors.contents(dx));
            parameters.add(tensors.contents(dGamma, dBeta));
        }
        for (int way = 1; way < 3; way++) {
            SimulatedTensors.assertSame(rows + " " + outputs, values.get(way), values.get(0));
            for (int i = 0; i < 2; i++) {
                RowSums.assertClose(
                        parameters.get(way).get(i), parameters.get(0).get(i));
            }
        }
        assertThat(tensors.counters("gemm_backward_input_layer_norm_w" + width + "_bf16")
                        .launches())
                .isPositive();
    }

    /** What no tile has room for goes by two launches: other widths, factors whose rows are no multiples of 16 bytes, no rows. */
    @Test
    void otherSizesGoOneAfterTheOther() {
        for (int[] size : new int[][] {{5, 8, 128}, {5, 12, 64}, {0, 8, 64}}) {
            int rows = size[0];
            int inputs = size[1];
            int width = size[2];
            Tensor sum = tensors.empty(BF16, 0, rows, width);
            Tensor stats = tensors.empty(DType.FLOAT32, 0, rows, 2);
            Tensor y = tensors.empty(BF16, 0, rows, width);
            Tensor gamma = tensors.parameters(width);
            Tensor beta = tensors.parameters(width);
            Tensor x = tensors.values(rows, inputs);
            products.forward(
                            x,
                            tensors.parameters(width, inputs),
                            null,
                            new AddLayerNormOperands(Dropout.NONE, null, gamma, beta, EPSILON, sum, y, stats))
                    .run();
            Tensor dx = tensors.empty(BF16, 0, rows, width);
            products.backward(
                            x,
                            tensors.parameters(inputs, width),
                            new AddLayerNormBackward(null, sum, stats, gamma, Dropout.NONE, dx, null, gamma, beta))
                    .alone(tensors.device())
                    .run();
        }
        assertThat(tensors.kernels())
                .contains("gemm_forward_64_bf16", "layer_norm_forward_w64_bf16", "layer_norm_backward_w128_bf16")
                .noneMatch(name -> name.matches("gemm_.*layer_norm.*"));
    }

    /** Each operand is read once, also its edges; no two lanes want the same bank. */
    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void memoryIsTouchedOnce(int width) {
        int rows = 128;
        forward(rows, 256, width, true, true, true);
        backward(rows, 256, width, true, true, true);
        for (String direction : List.of("forward", "backward_input")) {
            tensors.assertTouchedOnce("gemm_" + direction + "_layer_norm_w" + width + "_bf16");
        }
    }
}
