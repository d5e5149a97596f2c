package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of many layers at once against sums in double precision, and bit for bit from run to run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaGradientGroupTest {

    /** Rows, outputs, inputs: of one tile and of many, of widths that divide by 16 bytes and that do not, short and long sums. */
    private static final int[][] LAYERS = {
        {1, 1, 1},
        {70, 130, 64},
        {65, 33, 30},
        {1100, 20, 12},
        {900, 128, 128},
        {33, 1, 256},
        {700, 3, 7},
        {230, 250, 246},
        {700, 120, 500},
        {290, 264, 8},
        // logits with columns behind those of the words
        {300, 130, 64, 192},
        {70, 250, 40, 256},
        {900, 9, 17, 64}
    };

    private SimulatedTensors tensors;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(device(SimulatorOptions.defaults().withRaces(true)));
    }

    /** The device to test on, with these options otherwise. */
    SimulatorOptions device(SimulatorOptions options) {
        return options;
    }

    /** Types of factors whose kernels are not those of another device that is tested. */
    Stream<DType> types() {
        return Stream.of(DType.FLOAT32, DType.BFLOAT16);
    }

    /** The kernels for bf16 that it has. */
    List<String> kernels() {
        return List.of("gemm_weight_group_128x256_bf16", "gemm_weight_group_64_bf16");
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    private record Layer(Tensor x, Tensor dy, float[] weightBefore, float[] biasBefore) {}

    private GradientGroup group() {
        Device device = tensors.device();
        AddLayerNorm norms = new AddLayerNorm(device);
        LinearLayers linearLayers = new LinearLayers(device);
        AddLayerNormProducts products = new AddLayerNormProducts(device, linearLayers, norms);
        LayerNorm layerNorm = new LayerNorm(device, new Elementwise(device), norms);
        return new CudaGradientGroup(
                device,
                norms,
                layerNorm,
                new LayerNormProducts(device, linearLayers, products, layerNorm),
                products,
                new FeedForward(device, linearLayers, products),
                new SelfAttention(device, linearLayers, new Attention(device), products),
                new EmbeddingGradients(device));
    }

    /** Rows of dy have as many columns as their layer, or a fourth number of the shape. */
    private List<Layer> layers(DType type, int offset, int[]... shapes) {
        List<Layer> layers = new ArrayList<>();
        for (int[] shape : shapes) {
            int width = shape.length > 3 ? shape[3] : shape[1];
            layers.add(new Layer(
                    tensors.tensor(type, offset, tensors.numbers(shape[0] * shape[2]), shape[0], shape[2]),
                    tensors.tensor(type, offset, tensors.numbers(shape[0] * width), shape[0], width),
                    tensors.numbers(shape[1] * shape[2]),
                    tensors.numbers(shape[1])));
        }
        return layers;
    }

    /** Weight and bias gradients of all layers; every third has no bias. */
    private List<float[]> gradients(List<Layer> layers, int offset) {
        GradientGroup group = group();
        List<Tensor> targets = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            Tensor weight = tensors.tensor(
                    DType.FLOAT32,
                    offset,
                    layer.weightBefore,
                    layer.biasBefore.length,
                    layer.x.shape().width());
            Tensor bias = tensors.tensor(DType.FLOAT32, offset, layer.biasBefore, layer.biasBefore.length);
            group.linearBackwardWeight(layer.x, layer.dy, weight, i % 3 == 2 ? null : bias);
            targets.add(weight);
            targets.add(bias);
        }
        group.finish().run();
        return targets.stream().map(tensors::read).toList();
    }

    @ParameterizedTest
    @MethodSource("types")
    void equalSumsInDoublePrecision(DType type) {
        for (int offset : new int[] {0, 1}) {
            assertSums(type, offset, LAYERS);
        }
    }

    /** More layers than a warp has lanes, with which blocks look for theirs, of many parts and of one. */
    @ParameterizedTest
    @MethodSource("types")
    void manyLayers(DType type) {
        int[][] shapes = new int[70][];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = new int[] {i % 9 == 0 ? 600 : 5, 1 + i % 4, 3};
        }
        assertSums(type, 0, shapes);
    }

    private void assertSums(DType type, int offset, int[]... shapes) {
        List<Layer> layers = layers(type, offset, shapes);
        List<float[]> got = gradients(layers, offset);
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            String name = type + " " + Arrays.toString(shapes[i]) + " from " + offset;
            float[] x = tensors.read(layer.x);
            float[] dy = tensors.read(layer.dy);
            int inputs = layer.x.shape().width();
            int outputs = layer.biasBefore.length;
            int width = layer.dy.shape().width();
            // an addition rounds sums of up to 32 by 1e-6 on either side
            double tolerance = 2e-6 * (4 + Math.sqrt(layer.x.shape().rows()));
            for (int o = 0; o < outputs; o++) {
                double bias = layer.biasBefore[o];
                double[] weight = new double[inputs];
                for (int r = 0; r < layer.x.shape().rows(); r++) {
                    double d = dy[r * width + o];
                    bias += i % 3 == 2 ? 0 : d;
                    for (int j = 0; j < inputs; j++) {
                        weight[j] += d * x[r * inputs + j];
                    }
                }
                assertThat((double) got.get(2 * i + 1)[o])
                        .as(name + " bias")
                        .isBetween(bias - tolerance, bias + tolerance);
                for (int j = 0; j < inputs; j++) {
                    double expected = weight[j] + layer.weightBefore[o * inputs + j];
                    assertThat((double) got.get(2 * i)[o * inputs + j])
                            .as(name)
                            .isBetween(expected - tolerance, expected + tolerance);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void repeatBitForBit(DType type) {
        List<Layer> layers = layers(type, 0, LAYERS);
        List<float[]> first = gradients(layers, 0);
        List<float[]> second = gradients(layers, 0);
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i)).isEqualTo(first.get(i));
        }
    }

    /** Of up to 256 rows, which are not cut into parts, by each tile that there is. */
    @ParameterizedTest
    @MethodSource("types")
    void equalThoseOfALayerAloneBitForBit(DType type) {
        int[][] shapes = {{256, 256, 512}, {250, 120, 250}, {256, 128, 128}, {200, 40, 60}};
        List<Layer> layers = layers(type, 0, shapes);
        List<float[]> got = gradients(layers, 0);
        for (int i = 0; i < shapes.length; i++) {
            Layer layer = layers.get(i);
            Tensor alone = tensors.tensor(DType.FLOAT32, 0, layer.weightBefore, shapes[i][1], shapes[i][2]);
            new LinearLayers(tensors.device())
                    .backwardWeight(layer.x, layer.dy, alone, null)
                    .run();
            assertThat(got.get(2 * i)).containsExactly(tensors.read(alone));
        }
    }

    /** In rows that stay in registers, and at any width; two in one group, whose partial sums must not meet. */
    @ParameterizedTest
    @MethodSource("types")
    void layerNormalisationEqualsTheOneAlone(DType type) {
        AddLayerNorm alone = new AddLayerNorm(tensors.device());
        GradientGroup group = group();
        List<Operation> passes = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        List<Tensor> targets = new ArrayList<>();
        for (int[] shape : new int[][] {{300, 64}, {290, 36}, {7, 256}}) {
            int rows = shape[0];
            int width = shape[1];
            Tensor dy = tensors.tensor(type, 0, tensors.numbers(rows * width), rows, width);
            Tensor sum = tensors.tensor(type, 0, tensors.numbers(rows * width), rows, width);
            Tensor stats = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(2 * rows), rows, 2);
            Tensor gamma = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(width), width);
            float[] before = tensors.numbers(width);
            List<Tensor> own = new ArrayList<>();
            for (boolean together : new boolean[] {false, true}) {
                Tensor dx = tensors.empty(type, 0, rows, width);
                Tensor dGamma = tensors.tensor(DType.FLOAT32, 0, before, width);
                Tensor dBeta = tensors.tensor(DType.FLOAT32, 0, before, width);
                if (together) {
                    passes.add(group.addLayerNormBackward(
                            new AddLayerNormBackward(dy, sum, stats, gamma, Dropout.NONE, dx, null, dGamma, dBeta)));
                } else {
                    alone.backward(new AddLayerNormBackward(
                                    dy, sum, stats, gamma, Dropout.NONE, dx, null, dGamma, dBeta))
                            .alone(tensors.device())
                            .run();
                }
                own.addAll(List.of(dx, dGamma, dBeta));
            }
            own.subList(0, 3).forEach(tensor -> expected.add(tensors.read(tensor)));
            targets.addAll(own.subList(3, 6));
        }
        Operation finish = group.finish();
        passes.forEach(Operation::run);
        finish.run();
        for (int i = 0; i < targets.size(); i++) {
            float[] got = tensors.read(targets.get(i));
            for (int j = 0; j < got.length; j++) {
                float tolerance = 1e-5f * (1 + Math.abs(expected.get(i)[j]));
                assertThat(got[j]).isBetween(expected.get(i)[j] - tolerance, expected.get(i)[j] + tolerance);
            }
        }
    }

    /** Of several networks that share it: its gradients are the sums of what all contribute. */
    @ParameterizedTest
    @MethodSource("types")
    void oneNormalisationSeveralTimes(DType type) {
        int width = 64;
        int[] rows = {300, 1, 90};
        Tensor gamma = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(width), width);
        float[] before = tensors.numbers(width);
        List<float[]> results = new ArrayList<>();
        List<AddLayerNormBackward> norms = new ArrayList<>();
        for (boolean together : new boolean[] {false, true}) {
            Tensor dGamma = tensors.tensor(DType.FLOAT32, 0, before, width);
            Tensor dBeta = tensors.tensor(DType.FLOAT32, 0, before, width);
            for (int i = 0; i < rows.length; i++) {
                Tensor dy = together
                        ? norms.get(i).dy()
                        : tensors.tensor(type, 0, tensors.numbers(rows[i] * width), rows[i], width);
                Tensor stats = together
                        ? norms.get(i).stats()
                        : tensors.tensor(DType.FLOAT32, 0, tensors.numbers(2 * rows[i]), rows[i], 2);
                Tensor dx = tensors.empty(type, 0, rows[i], width);
                norms.add(new AddLayerNormBackward(dy, dy, stats, gamma, Dropout.NONE, dx, null, dGamma, dBeta));
            }
            List<AddLayerNormBackward> own = norms.subList(norms.size() - rows.length, norms.size());
            if (together) {
                GradientGroup group = group();
                List<Operation> passes =
                        own.stream().map(group::addLayerNormBackward).toList();
                Operation finish = group.finish();
                passes.forEach(Operation::run);
                finish.run();
            } else {
                AddLayerNorm alone = new AddLayerNorm(tensors.device());
                own.forEach(norm -> alone.backward(norm).alone(tensors.device()).run());
            }
            results.add(tensors.read(dGamma));
            results.add(tensors.read(dBeta));
        }
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < width; j++) {
                float expected = results.get(i)[j];
                float tolerance = 1e-5f * (1 + Math.abs(expected));
                assertThat(results.get(i + 2)[j]).isBetween(expected - tolerance, expected + tolerance);
            }
        }
    }

    /** In the launch with dropout, and at a width that has none. */
    @ParameterizedTest
    @MethodSource("types")
    void dropoutOfANormalisationEqualsTheOneAlone(DType type) {
        Tensor clock = tensors.integers(new int[] {1, 2, 3, 0});
        Dropout dropout = new Dropout(0.2f, new Randomness(clock, 5));
        for (int width : new int[] {128, 36}) {
            int rows = 70;
            Tensor dy = tensors.tensor(type, 0, tensors.numbers(rows * width), rows, width);
            Tensor x = tensors.tensor(type, 0, tensors.numbers(rows * width), rows, width);
            Tensor stats = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(2 * rows), rows, 2);
            Tensor gamma = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(width), width);
            Tensor dropped = tensors.empty(type, 0, rows, width);
            List<float[]> results = new ArrayList<>();
            for (boolean together : new boolean[] {false, true}) {
                GradientGroup group = group();
                Tensor dx = tensors.empty(type, 0, rows, width);
                Tensor dGamma = tensors.empty(DType.FLOAT32, 0, width);
                Tensor dBeta = tensors.empty(DType.FLOAT32, 0, width);
                if (together) {
                    group.layerNormBackward(new LayerNormBackward(dy, x, stats, gamma, dropout, dx, dGamma, dBeta))
                            .run();
                } else {
                    new Elementwise(tensors.device())
                            .dropout(dy, dropout, dropped)
                            .run();
                    group.addLayerNormBackward(new AddLayerNormBackward(
                                    dropped, x, stats, gamma, Dropout.NONE, dx, null, dGamma, dBeta))
                            .run();
                }
                group.finish().run();
                results.addAll(List.of(tensors.read(dx), tensors.read(dGamma), tensors.read(dBeta)));
            }
            for (int i = 0; i < 3; i++) {
                assertThat(results.get(i + 3)).containsExactly(results.get(i));
            }
        }
    }

    /** 16 bytes at a time from and to memory, no bank conflicts, and sums of rows that read nothing of their own. */
    @ParameterizedTest
    @MethodSource("types")
    void alignedMatricesTakeTheFastWay(DType type) {
        GradientGroup group = group();
        int[][] shapes = {{512, 128, 256}, {1024, 128, 128}, {2048, 64, 64}};
        for (int[] shape : shapes) {
            group.linearBackwardWeight(
                    tensors.tensor(type, 0, tensors.numbers(shape[0] * shape[2]), shape[0], shape[2]),
                    tensors.tensor(type, 0, tensors.numbers(shape[0] * shape[1]), shape[0], shape[1]),
                    tensors.empty(DType.FLOAT32, 0, shape[1], shape[2]),
                    tensors.empty(DType.FLOAT32, 0, shape[1]));
        }
        group.finish().run();
        for (String kernel : type == DType.BFLOAT16 ? kernels() : List.of("gemm_weight_group_64_f32")) {
            var counters = tensors.counters(kernel);
            assertThat(counters.sharedWavefronts()).as(kernel).isEqualTo(counters.idealSharedWavefronts());
            // the table's entries and the sums of rows are single numbers
            assertThat(counters.loadSectors()).as(kernel).isLessThan(counters.idealLoadSectors() * 11 / 10 + 200);
        }
        assertThat(tensors.counters("sum_parts").loadSectors())
                .isLessThan(tensors.counters("sum_parts").idealLoadSectors() * 11 / 10 + 200);
    }
}
