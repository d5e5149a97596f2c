package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.LinearGeluOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products, layer normalisation and dropout of it by one launch, each way, against the operations one after the other, bit for bit. */
class LayerNormProductsTest {

    private static final String FORWARD = "gemm_forward_gelu_layer_norm_w128_bf16";
    private static final String KERNEL = "gemm_backward_input_layer_norm_dropout_w128_bf16";
    private static final DType BF16 = DType.BFLOAT16;
    private static final int WIDTH = 128;

    private SimulatedTensors tensors;
    private LinearLayers linearLayers;
    private LayerNorm layerNorm;
    private LayerNormProducts products;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
        Device device = tensors.device();
        linearLayers = new LinearLayers(device);
        AddLayerNorm addLayerNorm = new AddLayerNorm(device);
        layerNorm = new LayerNorm(device, new Elementwise(device), addLayerNorm);
        products = new LayerNormProducts(
                device, linearLayers, new AddLayerNormProducts(device, linearLayers, addLayerNorm), layerNorm);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    /** Of all rows and of some, fewer than a tile has and more; a step of the product, and packs that fill no turn of the threads. */
    @Test
    void forwardIsAllOperations() {
        forward(1, 8, false, true, false);
        forward(64, 64, true, true, true);
        forward(131, 64, true, false, false);
        forward(70, 256, true, true, false);
        assertThat(tensors.counters(FORWARD).launches()).isEqualTo(4);
    }

    private void forward(int count, int inputs, boolean ofSome, boolean withBias, boolean dropping) {
        int available = ofSome ? 2 * count : count;
        Tensor x = tensors.values(available, inputs);
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            // one of them lies outside
            indices[i] = i == count / 2 ? available : 7 * i % available;
        }
        Tensor rows = ofSome ? tensors.integers(indices) : null;
        Tensor weight = tensors.parameters(WIDTH, inputs);
        Tensor bias = withBias ? tensors.parameters(WIDTH) : null;
        Tensor gamma = tensors.parameters(WIDTH);
        Tensor beta = tensors.parameters(WIDTH);
        Dropout dropout = tensors.dropout(dropping, 0.3f, 65541);
        List<List<float[]>> results = new ArrayList<>();
        for (boolean together : new boolean[] {true, false}) {
            Tensor gathered = ofSome ? tensors.emptyValues(count, inputs) : null;
            Tensor preActivation = tensors.emptyValues(count, WIDTH);
            Tensor activation = tensors.emptyValues(count, WIDTH);
            Tensor y = tensors.emptyValues(count, WIDTH);
            Tensor stats = tensors.parameters(count, 2);
            LinearGeluOperands layer = new LinearGeluOperands(x, rows, gathered, weight, bias, preActivation);
            LayerNormOperands norm = new LayerNormOperands(activation, gamma, beta, 1e-12f, dropout, y, stats);
            if (together) {
                assertThat(products.takes(layer, norm)).isTrue();
                products.forward(layer, norm).run();
            } else {
                if (ofSome) {
                    new Rows(tensors.device()).gather(x, rows, gathered).run();
                }
                linearLayers
                        .forwardGelu(layer.input(), weight, bias, preActivation, activation)
                        .run();
                layerNorm.forward(norm).run();
            }
            results.add(tensors.contents(layer.input(), preActivation, activation, y, stats));
        }
        for (int i = 0; i < results.get(0).size(); i++) {
            assertThat(results.get(0).get(i))
                    .as(count + " of " + inputs + ", result " + i)
                    .containsExactly(results.get(1).get(i));
        }
    }

    @Test
    void forwardTakesWholePacksAndOneWidth() {
        assertThat(takes(64, WIDTH)).isTrue();
        assertThat(takes(60, WIDTH)).isFalse();
        assertThat(takes(64, 64)).isFalse();
    }

    private boolean takes(int inputs, int width) {
        Tensor values = tensors.values(5, width);
        Tensor weight = tensors.parameters(width, inputs);
        Tensor parameter = tensors.parameters(width);
        return products.takes(
                new LinearGeluOperands(tensors.values(5, inputs), null, null, weight, null, values),
                new LayerNormOperands(
                        values, parameter, parameter, 1e-12f, Dropout.NONE, values, tensors.parameters(5, 2)));
    }

    /** Fewer rows than a tile has, as many, and more; less than a step of the product, a part of one more, and a whole pipeline. */
    @Test
    void isBothOperations() {
        int turn = 0;
        for (int rows : new int[] {1, 64, 131}) {
            for (int outputs : new int[] {8, 40, 256}) {
                for (boolean dropping : new boolean[] {false, true}) {
                    backward(rows, outputs, WIDTH, turn++ / 2 % 2 == 0, dropping);
                }
            }
        }
        assertThat(tensors.counters(KERNEL).launches()).isPositive();
    }

    /** Other widths, and factors whose rows are no multiples of 16 bytes. */
    @Test
    void otherSizesGoOneAfterTheOther() {
        backward(5, 8, 64, true, true);
        backward(5, 12, WIDTH, false, true);
        // gradients of logits with columns of no word
        backward(5, 16, 64, WIDTH, true, true);
        assertThat(tensors.kernels()).doesNotContain(KERNEL);
    }

    private void backward(int rows, int outputs, int width, boolean adding, boolean dropping) {
        backward(rows, outputs, outputs, width, adding, dropping);
    }

    private void backward(int rows, int outputs, int columns, int width, boolean adding, boolean dropping) {
        Tensor dy = tensors.values(rows, columns);
        Tensor weight = tensors.parameters(outputs, width);
        Tensor added = tensors.values(rows, width);
        Tensor x = tensors.values(rows, width);
        Tensor stats = tensors.parameters(rows, 2);
        Tensor gamma = tensors.parameters(width);
        Tensor before = tensors.parameters(1, width);
        Dropout dropout = tensors.dropout(dropping, 0.3f, 65541);
        List<float[]> values = new ArrayList<>();
        List<List<float[]>> parameters = new ArrayList<>();
        // one after the other; by one launch; the same in place of what is added
        for (int way = 0; way < 3; way++) {
            Tensor others = adding ? tensors.copy(added) : null;
            Tensor dx = way == 2 && adding ? others : tensors.empty(BF16, 0, rows, width);
            Tensor dGamma = tensors.copy(before);
            Tensor dBeta = tensors.copy(before);
            LayerNormBackward norm = new LayerNormBackward(others, x, stats, gamma, dropout, dx, dGamma, dBeta);
            if (way > 0) {
                products.backward(dy, weight, norm).alone(tensors.device()).run();
            } else {
                LayerNormBackward whole = norm.withDy();
                linearLayers.backwardInput(dy, weight, whole.dy(), adding).run();
                layerNorm.backward(whole).alone(tensors.device()).run();
            }
            values.add(tensors.read(dx));
            parameters.add(tensors.contents(dGamma, dBeta));
        }
        for (int way = 1; way < 3; way++) {
            assertThat(values.get(way)).as(rows + " " + outputs).containsExactly(values.get(0));
            for (int i = 0; i < 2; i++) {
                RowSums.assertClose(
                        parameters.get(way).get(i), parameters.get(0).get(i));
            }
        }
    }

    /** Each operand is read once, also its edges; no two lanes want the same bank. */
    @Test
    void memoryIsTouchedOnce() {
        backward(128, 256, WIDTH, true, true);
        tensors.assertTouchedOnce(KERNEL);
        forward(128, 64, true, true, true);
        tensors.assertTouchedOnce(FORWARD);
    }
}
