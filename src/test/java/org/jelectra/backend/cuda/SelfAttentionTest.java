package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Randomness;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The self-attention part of a layer by one launch against its operations one after the other, bit for bit. */
class SelfAttentionTest {

    private static final DType BF16 = DType.BFLOAT16;
    private static final int WIDTH = SelfAttention.WIDTH;
    private static final float EPSILON = 1e-12f;

    private SimulatedTensors tensors;
    private LinearLayers linearLayers;
    private Attention attention;
    private NormalizedProducts products;
    private SelfAttention together;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
        linearLayers = new LinearLayers(tensors.device());
        attention = new Attention(tensors.device());
        products = new NormalizedProducts(tensors.device(), linearLayers, new LayerNormalization(tensors.device()));
        together = new SelfAttention(tensors.device());
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of(3, 1, "every key", true, true),
                Arguments.of(1, 17, "holes", true, false),
                Arguments.of(2, 64, "padding", false, true),
                Arguments.of(3, 100, "padding", true, true),
                Arguments.of(2, 127, "nothing", true, true),
                Arguments.of(2, 128, "every key", false, false),
                Arguments.of(3, 128, "holes", true, true));
    }

    private Tensor values(int rows, int width) {
        return tensors.tensor(BF16, 0, tensors.numbers(rows * width), rows, width);
    }

    private Tensor numbers(int... shape) {
        int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        return tensors.tensor(DType.FLOAT32, 0, tensors.numbers(size), shape);
    }

    private Dropout dropout(boolean active, float probability, int stream) {
        Tensor clock = tensors.integers(new int[] {7, 8, 9, 2});
        return active ? new Dropout(probability, new Randomness(clock, stream)) : Dropout.NONE;
    }

    private Tensor mask(AttentionShape shape, String kind) {
        int length = shape.length();
        int[] mask = new int[shape.batch() * length];
        for (int i = 0; i < mask.length; i++) {
            int sequence = i / length;
            boolean counts = switch (kind) {
                case "padding" -> i % length < Math.max(1, length - 1 - sequence * length / 3);
                case "holes" -> i % 3 != sequence % 3 || i % length == length - 1;
                case "nothing" -> sequence > 0;
                default -> true;
            };
            mask[i] = counts ? 1 : 0;
        }
        return tensors.integers(mask);
    }

    private SelfAttentionParameters parameters() {
        return new SelfAttentionParameters(
                numbers(3 * WIDTH, WIDTH),
                numbers(3 * WIDTH),
                numbers(WIDTH, WIDTH),
                numbers(WIDTH),
                numbers(WIDTH),
                numbers(WIDTH),
                EPSILON);
    }

    private SelfAttentionResults results(AttentionShape shape) {
        int tokens = shape.batch() * shape.length();
        return new SelfAttentionResults(
                tensors.empty(BF16, 0, tokens, 3 * WIDTH),
                tensors.empty(DType.FLOAT32, 0, tokens),
                tensors.empty(BF16, 0, tokens, WIDTH),
                tensors.empty(BF16, 0, tokens, WIDTH),
                tensors.empty(DType.FLOAT32, 0, tokens, 2),
                tensors.empty(BF16, 0, tokens, WIDTH));
    }

    private List<float[]> contents(SelfAttentionResults results) {
        List<float[]> contents = new ArrayList<>();
        for (Tensor tensor : List.of(
                results.qkv(), results.logSumExp(), results.context(), results.sum(), results.stats(), results.y())) {
            contents.add(tensors.read(tensor));
        }
        return contents;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forwardIsTheOperationsOneAfterTheOther(int batch, int length, String kind, boolean dropping, boolean hidden) {
        AttentionShape shape = new AttentionShape(batch, length, 1, WIDTH);
        Tensor x = values(batch * length, WIDTH);
        Tensor mask = mask(shape, kind);
        Dropout probabilities = dropout(dropping, 0.1f, 65541);
        Dropout dropout = dropout(hidden, 0.3f, 65542);
        SelfAttentionParameters p = parameters();
        SelfAttentionResults expected = results(shape);
        linearLayers.forward(x, p.weight(), p.bias(), expected.qkv()).run();
        attention
                .forward(expected.qkv(), mask, shape, probabilities, expected.context(), expected.logSumExp())
                .run();
        products.forward(
                        expected.context(),
                        p.outputWeight(),
                        p.outputBias(),
                        dropout,
                        x,
                        p.gamma(),
                        p.beta(),
                        EPSILON,
                        expected.sum(),
                        expected.y(),
                        expected.stats())
                .run();
        SelfAttentionResults got = results(shape);
        assertThat(together.takes(x, shape, p, got)).isTrue();
        together.forward(x, mask, shape, probabilities, dropout, p, got).run();
        assertThat(contents(got)).usingRecursiveComparison().isEqualTo(contents(expected));
    }

    /** Other sizes, and tensors that begin between packs, go one after the other. */
    @Test
    void takesWhatOneBlockCanHave() {
        SelfAttentionParameters p = parameters();
        AttentionShape shape = new AttentionShape(1, 8, 1, WIDTH);
        SelfAttentionResults results = results(shape);
        Tensor x = values(8, WIDTH);
        assertThat(together.takes(x, shape, p, results)).isTrue();
        assertThat(together.takes(x, new AttentionShape(1, 129, 1, WIDTH), p, results))
                .isFalse();
        assertThat(together.takes(x, new AttentionShape(1, 8, 2, 32), p, results))
                .isFalse();
        assertThat(together.takes(tensors.empty(BF16, 1, 8, WIDTH), shape, p, results))
                .isFalse();
        assertThat(together.takes(numbers(8, WIDTH), shape, p, results)).isFalse();
    }

    /** Each operand is read once, also its edges; no two lanes want the same bank. */
    @Test
    void memoryIsTouchedOnce() {
        forwardIsTheOperationsOneAfterTheOther(2, 128, "every key", true, true);
        KernelCounters counters = tensors.counters("self_attention_forward_d64_bf16");
        assertThat(counters.sharedWavefronts()).isEqualTo(counters.idealSharedWavefronts());
        assertThat(counters.loadSectors()).isLessThan(counters.idealLoadSectors() * 11 / 10);
        assertThat(counters.storeSectors()).isLessThan(counters.idealStoreSectors() * 11 / 10);
    }
}
