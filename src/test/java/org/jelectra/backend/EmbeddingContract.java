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
