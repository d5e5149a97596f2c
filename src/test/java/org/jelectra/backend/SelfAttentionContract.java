package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Operands that the self-attention part of a Transformer layer refuses. */
interface SelfAttentionContract extends Contract {

    float LAYER_EPSILON = 1e-12f;

    private Tensor mask(AttentionShape shape) {
        int[] mask = ReferenceAttention.everyKey(shape.batch() * shape.length());
        return bench().input("keyMask", mask, shape.batch(), shape.length());
    }

    private Tensor normal(String name, int... shape) {
        int size = 1;
        for (int dimension : shape) {
            size *= dimension;
        }
        return bench().input(name, bench().normal(size), shape);
    }

    /** Else a block that has all of a head would have only a part of a token. */
    @Test
    default void headsAreTogetherAsWideAsHiddenStates() {
        bench().trial("self-attention of other widths");
        AttentionShape shape = new AttentionShape(2, 16, 1, 64);
        int tokens = 32;
        int width = 128;
        Tensor weight = normal("weight", 3 * 64, width);
        Tensor outputWeight = normal("outputWeight", width, 64);
        Tensor vector = normal("vector", width);
        SelfAttentionParameters p = new SelfAttentionParameters(
                weight, normal("bias", 3 * 64), outputWeight, vector, vector, vector, LAYER_EPSILON);
        SelfAttentionResults r = results(shape);
        SelfAttentionResults wide =
                new SelfAttentionResults(r.qkv(), r.logSumExp(), r.context(), output("sum"), r.stats(), output("y"));
        Tensor mask = mask(shape);
        assertThatThrownBy(() -> on().selfAttention(
                                normal("x", tokens, width), mask, shape, Dropout.NONE, Dropout.NONE, p, wide))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("self-attention: weight must be [192, 64], got weight[192, 128]");
        SelfAttentionBackward back = new SelfAttentionBackward(
                output("dy"),
                outputWeight,
                r.attention(mask, shape, Dropout.NONE),
                bench().output("dOut", tokens, 64),
                bench().output("dQkv", tokens, 3 * 64),
                normal("weight", 3 * 64, 64));
        assertThatThrownBy(() -> on().selfAttentionBackward(back, null, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("self-attention backward: outputWeight must be [64, 64], got outputWeight[128, 64]");
    }

    @Test
    default void selfAttentionNeedsBothBiases() {
        bench().trial("self-attention without a bias");
        AttentionShape shape = new AttentionShape(2, 16, 2, 64);
        Tensor vector = normal("vector", 128);
        SelfAttentionParameters p = new SelfAttentionParameters(
                normal("weight", 3 * 128, 128),
                normal("bias", 3 * 128),
                normal("outputWeight", 128, 128),
                null,
                vector,
                vector,
                LAYER_EPSILON);
        assertThatThrownBy(() -> on().selfAttention(
                                normal("x", 32, 128),
                                mask(shape),
                                shape,
                                Dropout.NONE,
                                Dropout.NONE,
                                p,
                                results(shape)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("self-attention: outputBias must be FLOAT32, got null");
    }

    private Tensor output(String name) {
        return bench().output(name, 32, 128);
    }

    private SelfAttentionResults results(AttentionShape shape) {
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        return new SelfAttentionResults(
                bench().output("qkv", tokens, 3 * hidden),
                bench().output("logSumExp", shape.batch(), shape.heads(), shape.length()),
                bench().output("out", tokens, hidden),
                bench().output("sum", tokens, hidden),
                bench().output("stats", tokens, 2),
                bench().output("y", tokens, hidden));
    }
}
