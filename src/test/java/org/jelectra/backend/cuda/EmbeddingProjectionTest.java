package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Embeddings up to their projection by one launch against the operations one after the other, bit for bit. */
class EmbeddingProjectionTest {

    private static final int WIDTH = 128;
    private static final int VOCABULARY = 50;

    private SimulatedTensors tensors;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    /** One token, fewer sequences than lanes take and more, and places of two groups of sequences in a block. */
    @Test
    void isBothOperations() {
        for (int outputs : new int[] {64, 256}) {
            compare(1, 1, outputs, true, false);
            compare(2, 32, outputs, false, true);
            compare(9, 7, outputs, true, true);
        }
    }

    private void compare(int batch, int length, int outputs, boolean withBias, boolean dropping) {
        int tokens = batch * length;
        EmbeddingOperands lookup = new EmbeddingOperands(
                tensors.integers(cycle(tokens, VOCABULARY)),
                tensors.integers(cycle(tokens, 2)),
                length,
                tensors.parameters(VOCABULARY, WIDTH),
                tensors.parameters(length, WIDTH),
                tensors.parameters(2, WIDTH));
        Tensor gamma = tensors.parameters(WIDTH);
        Tensor beta = tensors.parameters(WIDTH);
        Tensor weight = tensors.parameters(outputs, WIDTH);
        Tensor bias = withBias ? tensors.parameters(outputs) : null;
        Dropout dropout = tensors.dropout(dropping, 0.3f, 65541);
        EmbeddingLayerNorm embeddings = new EmbeddingLayerNorm(tensors.device());
        List<List<float[]>> results = new ArrayList<>();
        for (boolean together : new boolean[] {true, false}) {
            Tensor sum = tensors.emptyValues(tokens, WIDTH);
            Tensor y = tensors.emptyValues(tokens, WIDTH);
            Tensor stats = tensors.parameters(tokens, 2);
            Tensor projected = tensors.emptyValues(tokens, outputs);
            if (together) {
                assertThat(embeddings.projects(y, weight, bias, projected)).isTrue();
                embeddings
                        .forward(
                                lookup,
                                new LayerNormOperands(sum, gamma, beta, 1e-12f, dropout, y, stats),
                                weight,
                                bias,
                                projected)
                        .run();
            } else {
                embeddings
                        .forward(lookup, new LayerNormOperands(sum, gamma, beta, 1e-12f, dropout, y, stats))
                        .run();
                new LinearLayers(tensors.device())
                        .forward(y, weight, bias, projected)
                        .run();
            }
            results.add(tensors.contents(sum, y, stats, projected));
        }
        for (int i = 0; i < results.get(0).size(); i++) {
            assertThat(results.get(0).get(i))
                    .as(batch + " x " + length + " to " + outputs + ", result " + i)
                    .containsExactly(results.get(1).get(i));
        }
    }

    private static int[] cycle(int count, int limit) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = (7 * i + i / 5) % limit;
        }
        return values;
    }

    @Test
    void otherSizesGoOneAfterTheOther() {
        Tensor y = tensors.emptyValues(5, WIDTH);
        Tensor projected = tensors.emptyValues(5, 72);
        assertThat(new EmbeddingLayerNorm(tensors.device()).projects(y, tensors.parameters(72, WIDTH), null, projected))
                .isFalse();
    }

    /** Each operand is read once, also its edges; no two lanes want the same bank. */
    @Test
    void memoryIsTouchedOnce() {
        for (int outputs : new int[] {64, 256}) {
            compare(4, 32, outputs, true, true);
            tensors.assertTouchedOnce("embedding_projection_w" + outputs + "_bf16");
        }
    }
}
