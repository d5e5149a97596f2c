package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Lookups of rows and their gradients. */
interface EmbeddingContract extends Contract {

    @Test
    default void embeddingEqualsReference() {
        for (int[] size : new int[][] {{1, 1, 1}, {3, 7, 5}, {1, 33, 64}, {2, 33, 129}, {5, 65, 16}}) {
            for (int vocabulary : new int[] {2, 257}) {
                embedding(size[0], size[1], size[2], vocabulary, 2);
            }
        }
        // types that are added up in turns
        embedding(5, 33, 129, 257, 5);
    }

    private void embedding(int batch, int length, int width, int vocabulary, int typeCount) {
        bench().trial("embedding", batch, length, width, vocabulary, typeCount);
        int tokens = batch * length;
        int maxPositions = length + 3;
        int[] ids = bench().integers(tokens, vocabulary);
        int[] tokenTypes = bench().integers(tokens, typeCount);
        double[] words = bench().normal(vocabulary * width);
        double[] positions = bench().normal(maxPositions * width);
        double[] types = bench().normal(typeCount * width);
        Tensor inputIds = bench().input("ids", ids, tokens);
        Tensor inputTypes = bench().input("tokenTypes", tokenTypes, tokens);
        Tensor y = bench().output("y", tokens, width);
        on().embedding(
                        new EmbeddingOperands(
                                inputIds,
                                inputTypes,
                                length,
                                bench().input("words", words, vocabulary, width),
                                bench().input("positions", positions, maxPositions, width),
                                bench().input("types", types, typeCount, width)),
                        y)
                .run();
        bench().assertClose(y, Reference.embedding(ids, tokenTypes, length, words, positions, types, width), 3);

        double[] dy = bench().normal(tokens * width);
        double[] wordsBefore = bench().normal(words.length);
        double[] positionsBefore = bench().normal(positions.length);
        double[] typesBefore = bench().normal(types.length);
        Tensor dWords = bench().variable("dWords", wordsBefore, vocabulary, width);
        Tensor dPositions = bench().variable("dPositions", positionsBefore, maxPositions, width);
        Tensor dTypes = bench().variable("dTypes", typesBefore, typeCount, width);
        on().embeddingBackward(
                        bench().input("dy", dy, tokens, width),
                        inputIds,
                        inputTypes,
                        length,
                        dWords,
                        dPositions,
                        dTypes)
                .run();
        bench().assertGradient(
                        dWords,
                        wordsBefore,
                        v -> Reference.embedding(ids, tokenTypes, length, v, positions, types, width),
                        words,
                        dy,
                        tokens,
                        1);
        bench().assertGradient(
                        dPositions,
                        positionsBefore,
                        v -> Reference.embedding(ids, tokenTypes, length, words, v, types, width),
                        positions,
                        dy,
                        batch,
                        1);
        bench().assertGradient(
                        dTypes,
                        typesBefore,
                        v -> Reference.embedding(ids, tokenTypes, length, words, positions, v, width),
                        types,
                        dy,
                        tokens,
                        1);
    }

    /** So many that a warp which groups them by their words takes them in two rounds of several lines each. */
    @Test
    default void gradientsOfManyTokensOfFewWordsEqualReference() {
        embedding(40, 130, 1, 3, 2);
        embedding(40, 130, 1, 300, 2);
    }

    @Test
    default void embeddingLayerNormEqualsItsTwoOperationsBitForBit() {
        for (int[] size : new int[][] {{1, 1, 5}, {2, 33, 100}, {1, 1, 128}, {9, 7, 128}, {5, 33, 128}}) {
            embeddingLayerNorm(size[0], size[1], size[2], 0);
            embeddingLayerNorm(size[0], size[1], size[2], 0.2f);
        }
    }

    private void embeddingLayerNorm(int batch, int length, int width, float probability) {
        bench().trial("embeddingLayerNorm", batch, length, width, probability);
        int tokens = batch * length;
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        EmbeddingOperands lookup = lookup(batch, length, width);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor beta = bench().input("beta", bench().normal(width), width);
        Tensor expectedSum = bench().output("sum of two", tokens, width);
        Tensor expectedY = bench().output("y of two", tokens, width);
        Tensor expectedStats = bench().output("stats of two", tokens, 2);
        on().embedding(lookup, expectedSum).run();
        on().layerNorm(new LayerNormOperands(expectedSum, gamma, beta, 1e-12f, dropout, expectedY, expectedStats))
                .run();

        Tensor sum = bench().output("sum", tokens, width);
        Tensor y = bench().output("y", tokens, width);
        Tensor stats = bench().output("stats", tokens, 2);
        on().embeddingLayerNorm(lookup, new LayerNormOperands(sum, gamma, beta, 1e-12f, dropout, y, stats))
                .run();
        bench().assertSameBits(sum, bench().bits(expectedSum));
        bench().assertSameBits(y, bench().bits(expectedY));
        bench().assertSameBits(stats, bench().bits(expectedStats));
    }

    @Test
    default void embeddingLayerNormLinearEqualsItsTwoOperationsBitForBit() {
        for (int[] size : new int[][] {{2, 5, 100, 64}, {1, 1, 128, 64}, {9, 7, 128, 64}, {5, 33, 128, 256}}) {
            embeddingLayerNormLinear(size[0], size[1], size[2], size[3], true, 0);
            embeddingLayerNormLinear(size[0], size[1], size[2], size[3], false, 0.2f);
        }
        embeddingLayerNormLinear(2, 5, 128, 72, true, 0.2f);
    }

    private void embeddingLayerNormLinear(
            int batch, int length, int width, int outputs, boolean withBias, float probability) {
        bench().trial("embeddingLayerNormLinear", batch, length, width, outputs, withBias, probability);
        int tokens = batch * length;
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source())) : Dropout.NONE;
        EmbeddingOperands lookup = lookup(batch, length, width);
        Tensor gamma = bench().input("gamma", bench().normal(width), width);
        Tensor beta = bench().input("beta", bench().normal(width), width);
        Tensor weight = bench().input("weight", bench().normal(outputs * width), outputs, width);
        Tensor bias = withBias ? bench().input("bias", bench().normal(outputs), outputs) : null;
        Tensor[][] results = new Tensor[2][];
        for (int i = 0; i < 2; i++) {
            results[i] = new Tensor[] {
                bench().output("sum", tokens, width),
                bench().output("y", tokens, width),
                bench().output("stats", tokens, 2),
                bench().output("projected", tokens, outputs)
            };
        }
        Tensor[] t = results[0];
        on().embeddingLayerNormLinear(
                        lookup,
                        new LayerNormOperands(t[0], gamma, beta, 1e-12f, dropout, t[1], t[2]),
                        weight,
                        bias,
                        t[3])
                .run();
        Tensor[] expected = results[1];
        on().embeddingLayerNorm(
                        lookup,
                        new LayerNormOperands(expected[0], gamma, beta, 1e-12f, dropout, expected[1], expected[2]))
                .run();
        on().linear(expected[1], weight, bias, expected[3]).run();
        for (int i = 0; i < t.length; i++) {
            bench().assertSameBits(t[i], bench().bits(expected[i]));
        }
    }

    private EmbeddingOperands lookup(int batch, int length, int width) {
        int tokens = batch * length;
        return new EmbeddingOperands(
                bench().input("ids", bench().integers(tokens, 50), tokens),
                bench().input("tokenTypes", bench().integers(tokens, 2), tokens),
                length,
                bench().input("words", bench().normal(50 * width), 50, width),
                bench().input("positions", bench().normal((length + 1) * width), length + 1, width),
                bench().input("types", bench().normal(2 * width), 2, width));
    }

    @Test
    default void positionsMustReachTheLength() {
        bench().trial("embedding with too few positions");
        Tensor ids = bench().input("ids", new int[6], 6);
        Tensor words = bench().input("words", new double[10], 2, 5);
        Tensor positions = bench().input("positions", new double[25], 5, 5);
        Tensor y = bench().output("y", 6, 5);
        assertThatThrownBy(() -> on().embedding(new EmbeddingOperands(ids, ids, 6, words, positions, words), y))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> on().embeddingBackward(y, ids, ids, 6, words, positions, words))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void gatherRowsCopiesAndItsGradientAdds() {
        for (int m : new int[] {1, 7, 33}) {
            for (int width : new int[] {1, 17, 64, 129}) {
                for (int count : new int[] {1, 5, 50}) {
                    gatherRows(m, width, count);
                }
            }
        }
        gatherRows(301, 5, 333);
    }

    private void gatherRows(int m, int width, int count) {
        bench().trial("gatherRows", m, width, count);
        double[] x = bench().normal(m * width);
        double[] dy = bench().normal(count * width);
        int[] rows = bench().integers(count, m);
        Tensor inputRows = bench().input("rows", rows, count);
        Tensor y = bench().output("y", count, width);
        on().gatherRows(bench().input("x", x, m, width), inputRows, y).run();
        assertThat(bench().read(y)).containsExactly(Reference.gatherRows(x, rows, width));

        Tensor dx = bench().output("dx", m, width);
        on().gatherRowsBackward(bench().input("dy", dy, count, width), inputRows, dx)
                .run();
        bench().assertGradient(dx, null, v -> Reference.gatherRows(v, rows, width), x, dy, count, 1);
    }
}
