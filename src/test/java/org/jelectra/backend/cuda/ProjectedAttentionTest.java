package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention with the product before it by one launch against both one after the other, bit for bit. */
class ProjectedAttentionTest {

    private static final DType BF16 = DType.BFLOAT16;

    private SimulatedTensors tensors;
    private LinearLayers linearLayers;
    private Attention attention;
    private ProjectedAttention together;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(device(SimulatorOptions.defaults().withRaces(true)));
        linearLayers = new LinearLayers(tensors.device());
        attention = new Attention(tensors.device());
        together = new ProjectedAttention(tensors.device(), linearLayers, attention);
    }

    /** The device of the tests. */
    SimulatorOptions device(SimulatorOptions options) {
        return options;
    }

    /** Whether it has kernels of its own. */
    boolean hasOwnKernels() {
        return true;
    }

    @Test
    void kernelsAreThoseOfTheDevice() {
        assertThat(tensors.device().loadsSm90a("projected_attention_bf16")).isEqualTo(hasOwnKernels());
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of(3, 1, 2, "every key", true),
                Arguments.of(1, 17, 3, "holes", true),
                Arguments.of(2, 64, 1, "padding", false),
                Arguments.of(3, 100, 2, "padding", true),
                Arguments.of(2, 127, 2, "nothing", true),
                Arguments.of(1, 33, 16, "every key", true),
                Arguments.of(1, 128, 4, "every key", false),
                Arguments.of(2, 128, 4, "holes", true));
    }

    /** Of attention whose results nobody has written. */
    private AttentionOperands operands(Tensor qkv, Tensor mask, AttentionShape shape, Dropout dropout) {
        int tokens = shape.batch() * shape.length();
        return new AttentionOperands(
                qkv,
                mask,
                shape,
                dropout,
                tensors.empty(BF16, 0, tokens, shape.hiddenSize()),
                tensors.empty(DType.FLOAT32, 0, tokens * shape.heads()));
    }

    private AttentionOperands operands(Tensor mask, AttentionShape shape, Dropout dropout) {
        int tokens = shape.batch() * shape.length();
        return operands(tensors.empty(BF16, 0, tokens, 3 * shape.hiddenSize()), mask, shape, dropout);
    }

    private List<float[]> contents(AttentionOperands operands) {
        return tensors.contents(operands.qkv(), operands.out(), operands.logSumExp());
    }

    private void forward(Tensor x, AttentionShape shape, String kind, boolean dropping) {
        int hidden = shape.hiddenSize();
        Tensor weight = tensors.parameters(3 * hidden, hidden);
        Tensor bias = tensors.parameters(3 * hidden);
        Tensor mask = tensors.mask(shape, kind);
        Dropout dropout = tensors.dropout(dropping, 0.1f, 65541);
        AttentionOperands expected = operands(mask, shape, dropout);
        linearLayers.forward(x, weight, bias, expected.qkv()).run();
        attention.forward(expected).run();
        AttentionOperands got = operands(mask, shape, dropout);
        together.forward(x, weight, bias, got).run();
        SimulatedTensors.assertSame(kind, contents(got), contents(expected));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forwardIsBothOneAfterTheOther(int batch, int length, int heads, String kind, boolean dropping) {
        AttentionShape shape = new AttentionShape(batch, length, heads, ProjectedAttention.WIDTH);
        forward(tensors.values(batch * length, shape.hiddenSize()), shape, kind, dropping);
        assertThat(tensors.kernels()).contains("projected_attention_forward_d64_bf16");
    }

    private SelfAttentionBackward back(Tensor dProduct, AttentionShape shape, String kind, boolean dropping) {
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        return new SelfAttentionBackward(
                dProduct,
                tensors.parameters(hidden, hidden),
                operands(
                        tensors.values(tokens, 3 * hidden),
                        tensors.mask(shape, kind),
                        shape,
                        tensors.dropout(dropping, 0.1f, 65541)),
                tensors.empty(BF16, 0, tokens, hidden),
                tensors.empty(BF16, 0, tokens, 3 * hidden),
                tensors.parameters(3 * hidden, hidden));
    }

    private void backward(Tensor dProduct, AttentionShape shape, String kind, boolean dropping) {
        SelfAttentionBackward back = back(dProduct, shape, kind, dropping);
        attention.forward(back.attention()).run();
        linearLayers
                .backwardInput(dProduct, back.outputWeight(), back.dContext(), false)
                .run();
        attention.backward(back.attention(), back.dContext(), back.dQkv()).run();
        float[] expected = tensors.read(back.dQkv());
        together.backward(back).run();
        assertThat(tensors.read(back.dQkv())).containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void backwardIsBothOneAfterTheOther(int batch, int length, int heads, String kind, boolean dropping) {
        AttentionShape shape = new AttentionShape(batch, length, heads, ProjectedAttention.WIDTH);
        backward(tensors.values(batch * length, shape.hiddenSize()), shape, kind, dropping);
        assertThat(tensors.kernels()).contains("projected_attention_backward_d64_bf16");
    }

    /** What no block has room for, and tensors that begin between packs, go one operation after the other. */
    @Test
    void otherSizesGoOneAfterTheOther() {
        for (AttentionShape shape : List.of(
                new AttentionShape(1, 129, 2, 64), new AttentionShape(1, 8, 2, 32), new AttentionShape(1, 8, 17, 64))) {
            Tensor values = tensors.values(shape.length(), shape.hiddenSize());
            forward(values, shape, "every key", true);
            backward(values, shape, "every key", true);
        }
        AttentionShape shape = new AttentionShape(1, 8, 2, 64);
        Tensor between = tensors.tensor(BF16, 1, tensors.numbers(8 * 128), 8, 128);
        forward(between, shape, "every key", true);
        backward(between, shape, "every key", true);
        assertThat(tensors.kernels()).noneMatch(name -> name.startsWith("projected_attention"));
    }

    /** Sectors are whole; no two lanes want the same bank. */
    @Test
    void memoryIsTouchedInWholeSectors() {
        // a block has one head of one sequence, and each touches as many
        forwardIsBothOneAfterTheOther(1, 128, 4, "every key", true);
        backwardIsBothOneAfterTheOther(1, 128, 4, "every key", true);
        for (String kernel : List.of("forward", "backward")) {
            tensors.assertTouchedOnce("projected_attention_" + kernel + "_d64_bf16");
        }
    }
}
