package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches that share their tables have the gradients of one batch with the tokens of both, bit for bit. */
class EmbeddingGradientsTest {

    private static final int LENGTH = 33;

    private SimulatedTensors tensors;

    @BeforeEach
    void open() {
        tensors = new SimulatedTensors(true);
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    /** Rows of a batch, their words and types. */
    private record Batch(float[] dy, int[] ids, int[] tokenTypes) {

        Batch then(Batch other) {
            float[] both = Arrays.copyOf(dy, dy.length + other.dy.length);
            System.arraycopy(other.dy, 0, both, dy.length, other.dy.length);
            return new Batch(both, joined(ids, other.ids), joined(tokenTypes, other.tokenTypes));
        }

        private static int[] joined(int[] first, int[] second) {
            return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
        }
    }

    private Batch batch(int tokens, int width, int vocabulary) {
        int[] ids = IntStream.range(0, tokens).map(i -> i * i % vocabulary).toArray();
        return new Batch(
                tensors.numbers(tokens * width),
                ids,
                IntStream.range(0, tokens).map(i -> i / 5 % 2).toArray());
    }

    private EmbeddingGradient gradient(DType type, Batch batch, int width, List<Tensor> tables) {
        int tokens = batch.ids.length;
        return new EmbeddingGradient(
                tensors.tensor(type, 0, batch.dy, tokens, width),
                tensors.integers(batch.ids),
                tensors.integers(batch.tokenTypes),
                LENGTH,
                tables.get(0),
                tables.get(1),
                tables.get(2));
    }

    private List<Tensor> tables(int vocabulary, int width) {
        return List.of(
                tensors.empty(DType.FLOAT32, 0, vocabulary, width),
                tensors.empty(DType.FLOAT32, 0, LENGTH, width),
                tensors.empty(DType.FLOAT32, 0, 2, width));
    }

    private List<float[]> read(List<Tensor> tables) {
        return tables.stream().map(tensors::read).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void twoBatchesAreOne(DType type) {
        EmbeddingGradients gradients = new EmbeddingGradients(tensors.device());
        for (int vocabulary : new int[] {2, 257}) {
            for (int width : new int[] {128, 129}) {
                Batch first = batch(3 * LENGTH, width, vocabulary);
                Batch second = batch(2 * LENGTH, width, vocabulary);
                List<Tensor> alone = tables(vocabulary, width);
                gradients.add(gradient(type, first.then(second), width, alone)).run();
                List<Tensor> together = tables(vocabulary, width);
                gradients
                        .add(List.of(gradient(type, first, width, together), gradient(type, second, width, together)))
                        .run();
                assertThat(read(together)).as(vocabulary + " words").containsExactlyElementsOf(read(alone));
            }
        }
    }

    /** Three take turns; one whose tables are others does not count among them, nor does one that ends within a sequence. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void othersAreAddedOnTheirOwn(DType type) {
        EmbeddingGradients gradients = new EmbeddingGradients(tensors.device());
        int width = 16;
        List<Batch> batches = List.of(batch(LENGTH, width, 9), batch(LENGTH + 4, width, 9), batch(LENGTH, width, 9));
        List<Tensor> shared = tables(9, width);
        List<Tensor> other = tables(9, width);
        gradients
                .add(List.of(
                        gradient(type, batches.get(0), width, shared),
                        gradient(type, batches.get(0), width, other),
                        gradient(type, batches.get(1), width, shared),
                        gradient(type, batches.get(2), width, shared)))
                .run();

        List<Tensor> expected = tables(9, width);
        gradients
                .add(gradient(type, batches.get(0).then(batches.get(1)), width, expected))
                .run();
        gradients.add(gradient(type, batches.get(2), width, expected)).run();
        assertThat(read(shared)).containsExactlyElementsOf(read(expected));
        List<Tensor> first = tables(9, width);
        gradients.add(gradient(type, batches.get(0), width, first)).run();
        assertThat(read(other)).containsExactlyElementsOf(read(first));
    }
}
