package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
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
    private AddLayerNormProducts products;
    private SelfAttention together;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
        linearLayers = new LinearLayers(tensors.device());
        attention = new Attention(tensors.device());
        products = new AddLayerNormProducts(tensors.device(), linearLayers, new AddLayerNorm(tensors.device()));
        together = new SelfAttention(tensors.device(), linearLayers, attention, products);
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

    private SelfAttentionParameters parameters() {
        return new SelfAttentionParameters(
                tensors.parameters(3 * WIDTH, WIDTH),
                tensors.parameters(3 * WIDTH),
                tensors.parameters(WIDTH, WIDTH),
                tensors.parameters(WIDTH),
                tensors.parameters(WIDTH),
                tensors.parameters(WIDTH),
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
        return tensors.contents(
                results.qkv(), results.logSumExp(), results.context(), results.sum(), results.stats(), results.y());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forwardIsTheOperationsOneAfterTheOther(int batch, int length, String kind, boolean dropping, boolean hidden) {
        AttentionShape shape = new AttentionShape(batch, length, 1, WIDTH);
        Tensor x = tensors.values(batch * length, WIDTH);
        Tensor mask = tensors.mask(shape, kind);
        Dropout probabilities = tensors.dropout(dropping, 0.1f, 65541);
        Dropout dropout = tensors.dropout(hidden, 0.3f, 65542);
        SelfAttentionParameters p = parameters();
        SelfAttentionResults expected = results(shape);
        linearLayers.forward(x, p.weight(), p.bias(), expected.qkv()).run();
        attention.forward(expected.attention(mask, shape, probabilities)).run();
        products.forward(
                        expected.context(),
                        p.outputWeight(),
                        p.outputBias(),
                        new AddLayerNormOperands(
                                dropout,
                                x,
                                p.gamma(),
                                p.beta(),
                                EPSILON,
                                expected.sum(),
                                expected.y(),
                                expected.stats()))
                .run();
        SelfAttentionResults got = results(shape);
        together.forward(x, mask, shape, probabilities, dropout, p, got).run();
        SimulatedTensors.assertSame(kind, contents(got), contents(expected));
        assertThat(tensors.kernels()).contains("self_attention_forward_d64_bf16");
    }

    /** A chain may be of other sequences of as many tokens: a block of it has none of theirs as a whole. */
    @Test
    void inAChainOfOtherSequencesTheyAreLaunchesOfTheirOwn() {
        AttentionShape shape = new AttentionShape(4, 16, 1, WIDTH);
        Tensor x = tensors.values(64, WIDTH);
        Tensor mask = tensors.mask(shape, "padding");
        List<SelfAttentionParameters> parameters = List.of(parameters(), parameters());
        List<List<float[]>> results = new ArrayList<>();
        for (AttentionShape sequences : List.of(shape, new AttentionShape(2, 32, 1, WIDTH))) {
            SelfAttentionResults first = results(shape);
            SelfAttentionResults second = results(shape);
            Operation operation =
                    together.forward(x, mask, shape, Dropout.NONE, Dropout.NONE, parameters.get(0), first);
            Operation next =
                    together.forward(first.y(), mask, shape, Dropout.NONE, Dropout.NONE, parameters.get(1), second);
            SequenceChain.of(tensors.device(), sequences, List.of(operation, next))
                    .run();
            results.add(contents(second));
        }
        SimulatedTensors.assertSame("second of two", results.get(1), results.get(0));
        assertThat(tensors.counters("encoder_forward_d64_bf16").launches()).isEqualTo(1);
        assertThat(tensors.counters("self_attention_forward_d64_bf16").launches())
                .isEqualTo(2);
    }

    private SelfAttentionBackward back(AttentionShape shape, String kind, boolean dropping) {
        int tokens = shape.batch() * shape.length();
        return new SelfAttentionBackward(
                tensors.values(tokens, WIDTH),
                tensors.parameters(WIDTH, WIDTH),
                new AttentionOperands(
                        tensors.values(tokens, 3 * WIDTH),
                        tensors.mask(shape, kind),
                        shape,
                        tensors.dropout(dropping, 0.1f, 65541),
                        tensors.empty(BF16, 0, tokens, WIDTH),
                        tensors.empty(DType.FLOAT32, 0, tokens)),
                tensors.empty(BF16, 0, tokens, WIDTH),
                tensors.empty(BF16, 0, tokens, 3 * WIDTH),
                tensors.parameters(3 * WIDTH, WIDTH));
    }

    /** The first two of the three operations, on what their forward pass leaves. */
    private void throughAttention(SelfAttentionBackward back) {
        attention.forward(back.attention()).run();
        linearLayers
                .backwardInput(back.dProduct(), back.outputWeight(), back.dContext(), false)
                .run();
        attention.backward(back.attention(), back.dContext(), back.dQkv()).run();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void backwardIsTheOperationsOneAfterTheOther(int batch, int length, String kind, boolean dropping, boolean adding) {
        AttentionShape shape = new AttentionShape(batch, length, 1, WIDTH);
        SelfAttentionBackward back = back(shape, kind, dropping);
        Tensor added = tensors.values(batch * length, WIDTH);
        throughAttention(back);
        Tensor expected = tensors.copy(added);
        linearLayers.backwardInput(back.dQkv(), back.weight(), expected, adding).run();
        float[] dQkv = tensors.read(back.dQkv());
        Tensor dx = tensors.copy(added);
        together.backward(back, dx, adding).run();
        assertThat(tensors.read(back.dQkv())).containsExactly(dQkv);
        assertThat(tensors.read(dx)).containsExactly(tensors.read(expected));
        assertThat(tensors.kernels()).contains("self_attention_backward_d64_bf16");
    }

    @Test
    void withoutAGradientOfTheInputItIsOneLaunchToo() {
        SelfAttentionBackward back = back(new AttentionShape(2, 64, 1, WIDTH), "padding", true);
        attention.forward(back.attention()).run();
        together.backward(back, null, false).run();
        assertThat(tensors.kernels()).contains("projected_attention_backward_d64_bf16");
        float[] dQkv = tensors.read(back.dQkv());
        throughAttention(back);
        assertThat(tensors.read(back.dQkv())).containsExactly(dQkv);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void backwardThroughLayerNormIsTheOperationsOneAfterTheOther(
            int batch, int length, String kind, boolean dropping, boolean hidden) {
        AttentionShape shape = new AttentionShape(batch, length, 1, WIDTH);
        int tokens = batch * length;
        SelfAttentionBackward back = back(shape, kind, dropping);
        Dropout dropout = tensors.dropout(hidden, 0.3f, 65542);
        Tensor sum = tensors.values(tokens, WIDTH);
        Tensor stats = tensors.parameters(tokens, 2);
        Tensor gamma = tensors.parameters(WIDTH);
        Tensor others = tensors.values(tokens, WIDTH);
        Tensor before = tensors.parameters(1, WIDTH);
        throughAttention(back);
        List<List<float[]>> values = new ArrayList<>();
        List<List<float[]>> parameters = new ArrayList<>();
        // one after the other; by one launch; the same in place of what is added;
        // nothing added and no residual, in both ways
        for (int way = 0; way < 5; way++) {
            Tensor added = way < 3 ? tensors.copy(others) : null;
            Tensor dx = tensors.empty(BF16, 0, tokens, WIDTH);
            Tensor dResidual = way == 2 ? added : way < 2 ? tensors.empty(BF16, 0, tokens, WIDTH) : null;
            Tensor dGamma = tensors.copy(before);
            Tensor dBeta = tensors.copy(before);
            if (way == 0 || way == 3) {
                products.backward(
                                back.dQkv(),
                                back.weight(),
                                new AddLayerNormBackward(
                                        added, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .alone(tensors.device())
                        .run();
            } else {
                together.backward(
                                back,
                                new AddLayerNormBackward(
                                        added, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta))
                        .alone(tensors.device())
                        .run();
            }
            List<float[]> left = new ArrayList<>(List.of(tensors.read(dx), tensors.read(back.dQkv())));
            if (dResidual != null) {
                left.add(tensors.read(dResidual));
            }
            values.add(left);
            parameters.add(List.of(tensors.read(dGamma), tensors.read(dBeta)));
        }
        for (int way = 1; way < 5; way++) {
            int same = way < 3 ? 0 : 3;
            SimulatedTensors.assertSame("way " + way, values.get(way), values.get(same));
            for (int i = 0; i < 2; i++) {
                RowSums.assertClose(
                        parameters.get(way).get(i), parameters.get(same).get(i));
            }
        }
        assertThat(tensors.kernels()).contains("self_attention_backward_layer_norm_d64_bf16");
    }

    /** What no block has room for, and tensors that begin between packs, go one operation after the other. */
    @Test
    void otherSizesGoOneAfterTheOther() {
        for (int[] size : new int[][] {{129, 64, 0}, {8, 32, 0}, {8, 64, 1}}) {
            AttentionShape shape = new AttentionShape(1, size[0], 1, size[1]);
            int tokens = size[0];
            int width = size[1];
            int offset = size[2];
            Tensor mask = tensors.mask(shape, "every key");
            Tensor weight = tensors.parameters(3 * width, width);
            Tensor outputWeight = tensors.parameters(width, width);
            Tensor gamma = tensors.parameters(width);
            Tensor x = tensors.empty(BF16, offset, tokens, width);
            Tensor qkv = tensors.empty(BF16, 0, tokens, 3 * width);
            Tensor context = tensors.empty(BF16, 0, tokens, width);
            Tensor logSumExp = tensors.empty(DType.FLOAT32, 0, tokens);
            Tensor stats = tensors.empty(DType.FLOAT32, 0, tokens, 2);
            Tensor sum = tensors.empty(BF16, 0, tokens, width);
            together.forward(
                            x,
                            mask,
                            shape,
                            Dropout.NONE,
                            Dropout.NONE,
                            new SelfAttentionParameters(
                                    weight,
                                    tensors.parameters(3 * width),
                                    outputWeight,
                                    tensors.parameters(width),
                                    gamma,
                                    gamma,
                                    EPSILON),
                            new SelfAttentionResults(
                                    qkv, logSumExp, context, sum, stats, tensors.empty(BF16, 0, tokens, width)))
                    .run();
            SelfAttentionBackward back = new SelfAttentionBackward(
                    x,
                    outputWeight,
                    new AttentionOperands(qkv, mask, shape, Dropout.NONE, context, logSumExp),
                    tensors.empty(BF16, 0, tokens, width),
                    tensors.empty(BF16, 0, tokens, 3 * width),
                    weight);
            Tensor dx = tensors.empty(BF16, 0, tokens, width);
            together.backward(back, dx, false).run();
            together.backward(
                            back,
                            new AddLayerNormBackward(
                                    null,
                                    sum,
                                    stats,
                                    gamma,
                                    Dropout.NONE,
                                    dx,
                                    null,
                                    tensors.parameters(width),
                                    tensors.parameters(width)))
                    .alone(tensors.device())
                    .run();
        }
        assertThat(tensors.kernels()).noneMatch(name -> name.startsWith("self_attention"));
    }

    /** The kernel reads both statistics of a row at once. */
    @Test
    void statisticsThatBeginAnywhereGoOneAfterTheOther() {
        AttentionShape shape = new AttentionShape(1, 8, 1, WIDTH);
        together.backward(
                        back(shape, "every key", false),
                        new AddLayerNormBackward(
                                null,
                                tensors.values(8, WIDTH),
                                tensors.tensor(DType.FLOAT32, 1, tensors.numbers(16), 8, 2),
                                tensors.parameters(WIDTH),
                                Dropout.NONE,
                                tensors.empty(BF16, 0, 8, WIDTH),
                                null,
                                tensors.parameters(WIDTH),
                                tensors.parameters(WIDTH)))
                .alone(tensors.device())
                .run();
        assertThat(tensors.kernels()).noneMatch(name -> name.startsWith("self_attention"));
    }

    /** Each operand is read once, also its edges; no two lanes want the same bank. */
    @Test
    void memoryIsTouchedOnce() {
        forwardIsTheOperationsOneAfterTheOther(2, 128, "every key", true, true);
        backwardIsTheOperationsOneAfterTheOther(2, 128, "every key", true, true);
        backwardThroughLayerNormIsTheOperationsOneAfterTheOther(2, 128, "every key", true, true);
        for (String kernel : List.of("forward", "backward", "backward_layer_norm")) {
            tensors.assertTouchedOnce("self_attention_" + kernel + "_d64_bf16");
        }
    }
}
