package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The self-attention part of a Transformer layer against its operations, bit for bit. */
interface SelfAttentionContract extends Contract {

    float LAYER_EPSILON = 1e-12f;

    AttentionShape[] LAYERS = {
        new AttentionShape(1, 1, 1, 64),
        new AttentionShape(3, 17, 1, 64),
        new AttentionShape(1, 127, 1, 64),
        new AttentionShape(2, 33, 2, 64),
        new AttentionShape(3, 33, 2, 20),
    };

    @Test
    default void selfAttentionIsItsOperations() {
        for (AttentionShape shape : LAYERS) {
            selfAttention(shape, 0);
            selfAttention(shape, 0.2f);
        }
    }

    /** Of the sequences, the second begins with padding. */
    private Tensor mask(AttentionShape shape) {
        int[] mask = ReferenceAttention.everyKey(shape.batch() * shape.length());
        if (shape.batch() > 1) {
            mask[shape.length()] = 0;
        }
        return bench().input("keyMask", mask, shape.batch(), shape.length());
    }

    private Dropout dropout(float probability) {
        return probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
    }

    private Tensor normal(String name, int... shape) {
        int size = 1;
        for (int dimension : shape) {
            size *= dimension;
        }
        return bench().input(name, bench().normal(size), shape);
    }

    private void selfAttention(AttentionShape shape, float probability) {
        bench().trial("self-attention", shape, probability);
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        Dropout dropout = dropout(probability);
        Tensor x = normal("x", tokens, hidden);
        Tensor mask = mask(shape);
        SelfAttentionParameters p = new SelfAttentionParameters(
                normal("weight", 3 * hidden, hidden),
                normal("bias", 3 * hidden),
                normal("outputWeight", hidden, hidden),
                normal("outputBias", hidden),
                normal("gamma", hidden),
                normal("beta", hidden),
                LAYER_EPSILON);
        SelfAttentionResults got = results(shape);
        on().selfAttention(x, mask, shape, dropout, dropout, p, got).run();
        SelfAttentionResults expected = results(shape);
        on().linear(x, p.weight(), p.bias(), expected.qkv()).run();
        on().attention(expected.attention(mask, shape, dropout)).run();
        on().linearAddLayerNorm(
                        expected.context(),
                        p.outputWeight(),
                        p.outputBias(),
                        new AddLayerNormOperands(
                                dropout,
                                x,
                                p.gamma(),
                                p.beta(),
                                LAYER_EPSILON,
                                expected.sum(),
                                expected.y(),
                                expected.stats()))
                .run();
        assertSame(got.qkv(), expected.qkv());
        assertSame(got.logSumExp(), expected.logSumExp());
        assertSame(got.context(), expected.context());
        assertSame(got.sum(), expected.sum());
        assertSame(got.stats(), expected.stats());
        assertSame(got.y(), expected.y());
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

    @Test
    default void selfAttentionBackwardIsItsOperations() {
        for (AttentionShape shape : LAYERS) {
            backward(shape, 0);
            backward(shape, 0.2f);
        }
    }

    private void backward(AttentionShape shape, float probability) {
        bench().trial("self-attention backward", shape, probability);
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        Dropout dropout = dropout(probability);
        double[] others = bench().normal(tokens * hidden);
        SelfAttentionBackward back = new SelfAttentionBackward(
                normal("dy", tokens, hidden),
                normal("outputWeight", hidden, hidden),
                new AttentionOperands(
                        normal("qkv", tokens, 3 * hidden),
                        mask(shape),
                        shape,
                        dropout,
                        bench().output("out", tokens, hidden),
                        bench().output("logSumExp", shape.batch(), shape.heads(), shape.length())),
                bench().output("dOut", tokens, hidden),
                bench().output("dQkv", tokens, 3 * hidden),
                normal("weight", 3 * hidden, hidden));
        on().attention(back.attention()).run();
        Tensor sum = normal("sum", tokens, hidden);
        Tensor stats = bench().input("stats", bench().uniform(2 * tokens, 0.5, 2), tokens, 2);
        Tensor gamma = normal("gamma", hidden);
        Tensor[] dx = new Tensor[4];
        Tensor[] residuals = new Tensor[2];
        Tensor[] parameters = new Tensor[4];
        for (int i = 0; i < 4; i++) {
            dx[i] = bench().variable("dx", others, tokens, hidden);
            parameters[i] = bench().variable("gradient of a parameter", new double[hidden], hidden);
        }
        for (int i = 0; i < 2; i++) {
            residuals[i] = bench().variable("dResidual", others, tokens, hidden);
        }
        on().selfAttentionBackward(back, dx[0], true).run();
        int[] dQkv = bench().bits(back.dQkv());
        on().selfAttentionBackwardLayerNorm(
                        back,
                        new AddLayerNormBackward(
                                residuals[0],
                                sum,
                                stats,
                                gamma,
                                dropout,
                                dx[1],
                                residuals[0],
                                parameters[0],
                                parameters[1]))
                .run();
        bench().assertSameBits(back.dQkv(), dQkv);
        on().linearBackwardInput(back.dProduct(), back.outputWeight(), back.dContext(), false)
                .run();
        on().attentionBackward(back.attention(), back.dContext(), back.dQkv()).run();
        Tensor joined = bench().output("dQkv", tokens, 3 * hidden);
        bench().writeBits(joined, dQkv);
        assertSame(back.dQkv(), joined);
        on().linearBackwardInput(back.dQkv(), back.weight(), dx[2], true).run();
        assertSame(dx[0], dx[2]);
        on().linearBackwardInputLayerNorm(
                        back.dQkv(),
                        back.weight(),
                        new AddLayerNormBackward(
                                residuals[1],
                                sum,
                                stats,
                                gamma,
                                dropout,
                                dx[3],
                                residuals[1],
                                parameters[2],
                                parameters[3]))
                .run();
        assertSame(dx[1], dx[3]);
        assertSame(residuals[0], residuals[1]);
        // sums over the rows of terms of about 1000, whose order may differ
        bench().assertClose(parameters[0], bench().read(parameters[2]), tokens, 1000);
        bench().assertClose(parameters[1], bench().read(parameters[3]), tokens, 1000);
        Tensor apart = bench().output("dQkv", tokens, 3 * hidden);
        bench().writeBits(apart, bench().bits(back.dQkv()));
        bench().writeBits(back.dQkv(), new int[tokens * 3 * hidden]);
        on().selfAttentionBackward(back, null, false).run();
        assertSame(back.dQkv(), apart);
    }
}
