package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.backend.Randomness;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kernels that are bound by memory move little more than their operands, in sectors of 32 bytes: losses, sampling, optimiser and
 * column sums at the widths of the presets, and layer normalisation at others.
 */
class StreamTrafficTest {

    private static final int VOCABULARY = 30_522;
    private static final int ROWS = 8;
    private static final double MARGIN = 1.08;
    /** Sectors of labels, weights, tables and results of one number. */
    private static final int SMALL = 16;

    private SimulatedTensors tensors;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(false);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    private static String named(String kernel, DType type) {
        return kernel + (type == DType.BFLOAT16 ? "_bf16" : "_f32");
    }

    private void assertTraffic(String kernel, double loadedBytes, double storedBytes, int small) {
        assertTraffic(tensors, kernel, loadedBytes, storedBytes, small);
    }

    private static void assertTraffic(
            SimulatedTensors on, String kernel, double loadedBytes, double storedBytes, int small) {
        KernelCounters counters = on.counters(kernel);
        assertThat((double) counters.loadSectors())
                .as("sectors loaded by " + kernel)
                .isBetween(loadedBytes / 32, MARGIN * loadedBytes / 32 + small);
        assertThat((double) counters.storeSectors())
                .as("sectors stored by " + kernel)
                .isBetween(storedBytes / 32, MARGIN * storedBytes / 32 + small);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void crossEntropy(DType type) {
        Tensor logits = tensors.tensor(type, 0, tensors.numbers(ROWS * VOCABULARY), ROWS, VOCABULARY);
        Tensor labels = tensors.integers(new int[ROWS]);
        Tensor weights = tensors.tensor(DType.FLOAT32, 0, new float[] {1, 1, 1, 1, 1, 1, 1, 1}, ROWS);
        Tensor normalizer = tensors.tensor(DType.FLOAT32, 0, new float[] {ROWS}, 1);
        Tensor logSumExp = tensors.empty(DType.FLOAT32, 0, ROWS);
        Tensor correct = tensors.empty(DType.FLOAT32, 0, ROWS);
        Tensor loss = tensors.empty(DType.FLOAT32, 0, 1);
        Randomness randomness = new Randomness(tensors.integers(new int[4]), 6);
        Tensor sampled = tensors.integers(new int[ROWS]);
        Losses losses = new Losses(tensors.device());
        CrossEntropyOperands operands =
                new CrossEntropyOperands(logits, labels, weights, normalizer, logSumExp, correct, loss);
        MultinomialDraw draw = new MultinomialDraw(1, randomness, sampled);
        losses.crossEntropy(operands, null).run();
        losses.crossEntropy(operands, draw).run();
        new Sampling(tensors.device()).multinomial(logits, draw).run();
        new Sampling(tensors.device())
                .gumbel(logits, 1, null, randomness, sampled)
                .run();
        Tensor uniforms = tensors.empty(DType.FLOAT32, 0, ROWS, VOCABULARY);
        new Sampling(tensors.device())
                .gumbel(logits, 1, uniforms, randomness, sampled)
                .run();
        losses.crossEntropyBackward(
                        new CrossEntropyOperands(logits, labels, weights, normalizer, logSumExp, null, null), 1)
                .run();
        losses.crossEntropyWithGradient(operands, null, 1).run();
        losses.crossEntropyWithGradient(operands, draw, 1).run();
        double bytes = (double) ROWS * VOCABULARY * type.bytes();
        int small = ROWS * SMALL;
        assertTraffic(named("cross_entropy", type), bytes, 0, small);
        assertTraffic(named("cross_entropy_and_sample", type), bytes, 0, small);
        assertTraffic(named("sample_multinomial", type), bytes, 0, small);
        assertTraffic(named("sample_gumbel", type), bytes, 0, small);
        assertTraffic(named("sample_gumbel_given", type), bytes + 4.0 * ROWS * VOCABULARY, 0, small);
        assertTraffic(named("cross_entropy_backward", type), bytes, bytes, small);
        assertTraffic(named("cross_entropy_with_gradient", type), bytes, bytes, small);
        assertTraffic(named("cross_entropy_and_sample_with_gradient", type), bytes, bytes, small);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void lossesOfOtherObjectives(DType type) {
        Tensor logits = tensors.tensor(type, 0, tensors.numbers(ROWS * VOCABULARY), ROWS, VOCABULARY);
        Tensor ones = tensors.integers(new int[] {1, 1, 1, 1, 1, 1, 1, 1});
        Tensor perRow = tensors.tensor(type, 0, new float[ROWS], ROWS);
        Tensor gradient = tensors.empty(type, 0, ROWS);
        Tensor weights = tensors.tensor(DType.FLOAT32, 0, new float[] {1, 1, 1, 1, 1, 1, 1, 1}, ROWS);
        Tensor normalizer = tensors.tensor(DType.FLOAT32, 0, new float[] {ROWS}, 1);
        Tensor logSumExp = tensors.empty(DType.FLOAT32, 0, ROWS);
        Tensor loss = tensors.empty(DType.FLOAT32, 0, 1);
        CopyCrossEntropyOperands copying = new CopyCrossEntropyOperands(
                logits, perRow, ones, ones, ones, normalizer, logSumExp, tensors.empty(DType.FLOAT32, 0, ROWS), loss);
        CopyCrossEntropy copy = new CopyCrossEntropy(tensors.device());
        copy.forward(copying).run();
        copy.backward(copying, 1, gradient).run();
        copy.withGradient(copying, 1, gradient).run();
        new PolicyGradient(tensors.device())
                .learn(
                        new PolicyGradientOperands(
                                logits,
                                logSumExp,
                                ones,
                                ones,
                                weights,
                                normalizer,
                                ones,
                                perRow,
                                perRow,
                                loss,
                                tensors.empty(DType.FLOAT32, 0, 1)),
                        1,
                        gradient)
                .run();
        double bytes = (double) ROWS * VOCABULARY * type.bytes();
        int small = ROWS * SMALL;
        assertTraffic(named("copy_cross_entropy", type), bytes, 0, small);
        assertTraffic(named("copy_cross_entropy_backward", type), bytes, bytes, small);
        assertTraffic(named("copy_cross_entropy_with_gradient", type), bytes, bytes, small);
        assertTraffic(named("policy_gradient", type), bytes, bytes, small);
    }

    /** At widths without kernels of their own, the last of which leaves every second row of bf16 between two sectors. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void layerNorm(DType type) {
        int rows = 64;
        for (int width : new int[] {96, 320, 520}) {
            try (SimulatedTensors fresh = new SimulatedTensors(false)) {
                Tensor x = fresh.tensor(type, 0, fresh.numbers(rows * width), rows, width);
                Tensor residual = fresh.tensor(type, 0, fresh.numbers(rows * width), rows, width);
                Tensor gamma = fresh.tensor(DType.FLOAT32, 0, fresh.numbers(width), width);
                Tensor sum = fresh.empty(type, 0, rows, width);
                Tensor y = fresh.empty(type, 0, rows, width);
                Tensor stats = fresh.empty(DType.FLOAT32, 0, rows, 2);
                AddLayerNorm norm = new AddLayerNorm(fresh.device());
                norm.forward(x, new AddLayerNormOperands(Dropout.NONE, residual, gamma, gamma, 1e-12f, sum, y, stats))
                        .run();
                norm.backward(new AddLayerNormBackward(y, sum, stats, gamma, Dropout.NONE, x, residual, gamma, gamma))
                        .alone(fresh.device())
                        .run();
                double bytes = (double) rows * width * type.bytes();
                // gamma and beta, or gamma twice: once for all rows of a block of 256 threads
                double parameters = 8.0 * width * Packs.blocks(rows, 256 / Packs.lanes(width, type));
                assertTraffic(fresh, named("layer_norm_forward", type), 4 * bytes + parameters, 2 * bytes, 2 * rows);
                assertTraffic(fresh, named("layer_norm_backward", type), 4 * bytes + parameters, 2 * bytes, 2 * rows);
                // mean and deviation of a row for each 128 of its columns
                int statistics = 2 * rows * Packs.blocks(width, 128);
                assertTraffic(fresh, named("layer_norm_partials", type), 2 * bytes, 8.0 * width, statistics);
            }
        }
    }

    @Test
    void optimizer() {
        int size = 300_000;
        Tensor p = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(size), size);
        Tensor gradients = tensors.tensor(DType.FLOAT32, 0, tensors.numbers(size), size);
        Tensor norm = tensors.empty(DType.FLOAT32, 0, 1);
        Optimizer optimizer = new Optimizer(tensors.device());
        optimizer.globalNorm(gradients, norm).run();
        // segments begin anywhere
        AdamWOptions options = new AdamWOptions(
                0.9,
                0.999,
                1e-6f,
                1,
                tensors.empty(DType.FLOAT32, 0, 1),
                List.of(
                        new AdamWOptions.Segment(0, 99_999, 1, 0),
                        new AdamWOptions.Segment(99_999, 200_001, 1, 0.01f)));
        tensors.device().bf16Address(p);
        optimizer
                .adamW(
                        p,
                        gradients,
                        tensors.empty(DType.FLOAT32, 0, size),
                        tensors.empty(DType.FLOAT32, 0, size),
                        norm,
                        options)
                .run();
        // each block leaves its part, the last one the norm
        assertTraffic("global_norm", 4.0 * size, 0, size / 16384 + 2);
        // each warp reads its piece of the table, the norm and the rate by itself
        int pieces = size / 4096 + 2;
        assertTraffic("adamw", 16.0 * size, 14.0 * size, pieces * 8 * 6);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void columnSums(DType type) {
        for (int width : new int[] {1, 64, 128, 256, 768, 1024, VOCABULARY}) {
            try (SimulatedTensors fresh = new SimulatedTensors(false)) {
                int rows = Math.min(16384, 1_000_000 / width);
                Tensor dy = fresh.tensor(type, 0, fresh.numbers(rows * width), rows, width);
                new ColumnSums(fresh.device())
                        .add(dy, fresh.empty(DType.FLOAT32, 0, width))
                        .run();
                long sectors = fresh.counters(named("column_sums", type)).loadSectors();
                double bytes = (double) rows * width * type.bytes();
                // rows that begin anywhere: a warp's 32 columns share a sector with those before them
                double shared = width == VOCABULARY ? rows * (width / 32.0) : 0;
                assertThat((double) sectors)
                        .as("sectors loaded for width " + width)
                        .isBetween(bytes / 32, MARGIN * bytes / 32 + width / 8.0 + 1 + shared);
            }
        }
    }
}
