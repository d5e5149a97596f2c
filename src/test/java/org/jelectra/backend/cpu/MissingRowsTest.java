package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.backend.Backend;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Indices of rows that do not exist: what lies behind a result in the same memory stays as it is. */
@Tag("every-jdk")
class MissingRowsTest {

    private static final int[] WRONG = {-1, 2, 5};

    private final Backend backend = CpuBackend.create(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor integers(int... values) {
        Storage storage = backend.allocate(DType.INT32, values.length);
        Tensor tensor = Tensor.of("integers", Shape.of(values.length), storage, 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private Tensor ones(int... shape) {
        Tensor tensor = zeros(DType.FLOAT32, shape);
        backend.fill(tensor, 1).run();
        return tensor;
    }

    /** Within a larger piece of memory. */
    private Tensor zeros(DType type, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        return Tensor.of("result", shape, backend.allocate(type, 100 + shape.size()), 50);
    }

    private void assertRefused(String what, int row, Operation operation, Tensor... results) {
        assertThatThrownBy(operation::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(what + " must be in [0, 2), got " + row + " in integers[1]:INT32");
        for (Tensor result : results) {
            assertNothingAround(result);
        }
    }

    private void assertNothingAround(Tensor result) {
        for (long from : new long[] {0, result.offset() + result.size()}) {
            Tensor neighbour = Tensor.of("neighbour", Shape.of(50), result.storage(), from);
            if (result.dtype() == DType.INT32) {
                int[] found = new int[50];
                backend.download(neighbour, found, 0);
                assertThat(found).containsOnly(0);
            } else {
                float[] found = new float[50];
                backend.download(neighbour, found, 0);
                assertThat(found).containsOnly(0);
            }
        }
    }

    @Test
    void replaceTokens() {
        Tensor corrupted = zeros(DType.INT32, 2);
        for (int row : WRONG) {
            Operation replace = backend.replaceTokens(
                    integers(7, 8), integers(row), ones(1), integers(9), corrupted, zeros(DType.INT32, 2));
            assertRefused("replace tokens: row", row, replace, corrupted);
        }
    }

    @Test
    void gatherRowsBackward() {
        Tensor dx = zeros(DType.FLOAT32, 2, 3);
        for (int row : WRONG) {
            assertRefused(
                    "gather rows backward: row", row, backend.gatherRowsBackward(ones(1, 3), integers(row), dx), dx);
        }
    }

    @Test
    void lookups() {
        Tensor y = zeros(DType.FLOAT32, 1, 3);
        for (int row : WRONG) {
            assertRefused("gather rows: row", row, backend.gatherRows(ones(2, 3), integers(row), y), y);
            var ids = new EmbeddingOperands(integers(row), integers(0), 1, ones(2, 3), ones(1, 3), ones(2, 3));
            assertRefused("embedding: token id", row, backend.embedding(ids, y), y);
            var types = new EmbeddingOperands(integers(0), integers(row), 1, ones(2, 3), ones(1, 3), ones(2, 3));
            assertRefused("embedding: token type", row, backend.embedding(types, y), y);
        }
    }

    @Test
    void embeddingBackward() {
        Tensor words = zeros(DType.FLOAT32, 2, 3);
        Tensor positions = zeros(DType.FLOAT32, 1, 3);
        Tensor types = zeros(DType.FLOAT32, 2, 3);
        for (int row : WRONG) {
            assertRefused(
                    "embedding backward: token id",
                    row,
                    backend.embeddingBackward(ones(1, 3), integers(row), integers(0), 1, words, positions, types),
                    words,
                    types);
            assertRefused(
                    "embedding backward: token type",
                    row,
                    backend.embeddingBackward(ones(1, 3), integers(0), integers(row), 1, words, positions, types),
                    words,
                    types);
        }
    }

    /** As the label of a cross-entropy it is a token that the softmax gives the probability 0. */
    @Test
    void sampledTokenOfAPolicyGradient() {
        for (int token : WRONG) {
            Tensor logits = zeros(DType.FLOAT32, 1, 2);
            backend.policyGradient(
                            new PolicyGradientOperands(
                                    logits,
                                    ones(1),
                                    integers(token),
                                    integers(0),
                                    ones(1),
                                    ones(1),
                                    integers(0),
                                    ones(1),
                                    zeros(DType.FLOAT32, 1),
                                    ones(1),
                                    ones(1)),
                            1,
                            ones(1))
                    .run();
            assertNothingAround(logits);
        }
    }
}
