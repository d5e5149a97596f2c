package org.jelectra.text.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TestCorpora;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSourceTest {

    private static final int LENGTH = 16;

    @TempDir
    Path folder;

    private PackedSequences sequences;

    @BeforeEach
    void pack() throws IOException {
        sequences = TestCorpora.pack(TestCorpora.ofDocuments(folder, 4, 50, 11, 3, 140), LENGTH, 1);
    }

    @Test
    void aPureFunctionOfTheStep() {
        BatchSource source = source(1, 4);
        for (long step : new long[] {0, 3, 40, 3, 0, 5_000_000_000L}) {
            Batch first = source.newBatch();
            Batch second = source(1, 4).newBatch();
            Arrays.fill(second.maskedWeights, 9);
            Arrays.fill(second.inputIds, 9);
            Arrays.fill(second.tokenTypeIds, 9);
            source.fill(step, first);
            source(1, 4).fill(step, second);
            assertSame(first, second);
            assertThat(first.step).isEqualTo(step);
        }
        Batch one = source.newBatch();
        Batch other = source.newBatch();
        source.fill(0, one);
        source(2, 4).fill(0, other);
        assertThat(other.inputIds).isNotEqualTo(one.inputIds);
    }

    @Test
    void anEpochHoldsEverySequenceOnce() {
        BatchSource source = source(1, 1);
        Batch batch = source.newBatch();
        Set<String> rows = new HashSet<>();
        for (int step = 0; step < sequences.size(); step++) {
            source.fill(step, batch);
            rows.add(Arrays.toString(batch.inputIds));
        }
        assertThat(rows).hasSize(sequences.size());
    }

    @Test
    void steadyStateAllocatesNothing() throws IOException {
        sequences = TestCorpora.pack(TestCorpora.ofDocuments(folder, 4, 20_000), LENGTH, 1);
        BatchSource source = source(1, 1);
        Batch batch = source.newBatch();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        source.fill(0, batch);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int step = 1; step < 1000; step++) {
            source.fill(step, batch);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(sequences.size()).as("one epoch").isGreaterThan(1000);
        // A few bytes belong to the measurement and to class loading.
        assertThat(bytes).isLessThan(16_000);
    }

    @Test
    void aRunGoesOnAtItsCursorAlsoWithAnotherBatchSize() {
        int size = sequences.size();
        BatchSource whole = source(1, 4);
        assertThat(whole.cursor(0)).isEqualTo(DataCursor.START);
        long steps = size / 2;
        DataCursor cursor = whole.cursor(steps);
        assertThat(cursor).isEqualTo(new DataCursor(4 * steps / size, 4 * steps % size));

        BatchSource same = resumed(4, steps, cursor);
        Batch expected = whole.newBatch();
        Batch batch = same.newBatch();
        for (long step = steps; step < steps + 5; step++) {
            whole.fill(step, expected);
            same.fill(step, batch);
            assertSame(batch, expected);
            assertThat(same.cursor(step)).isEqualTo(whole.cursor(step));
        }

        BatchSource other = resumed(2, steps, cursor);
        Batch half = other.newBatch();
        whole.fill(steps, expected);
        other.fill(steps, half);
        assertThat(half.inputIds).isEqualTo(Arrays.copyOf(expected.inputIds, half.inputIds.length));
        assertThatThrownBy(() -> resumed(2, 0, new DataCursor(1, size)))
                .hasMessageContaining("stands at sequence " + size + " of an epoch, but the data have " + size);
    }

    private BatchSource resumed(int batchSize, long step, DataCursor cursor) {
        BatchOptions options = new BatchOptions(batchSize, LENGTH);
        return new BatchSource(sequences, options, MaskingOptions.standard(), TestCorpora.WORDS, 1, step, cursor);
    }

    @Test
    void countsAndPadding() {
        BatchSource source = source(1, 5);
        Batch batch = source.newBatch();
        source.fill(2, batch);
        assertThat(batch.slots()).isEqualTo(2);
        assertThat(batch.tokenCount)
                .isEqualTo(Arrays.stream(batch.attentionMask).sum());
        int weights = 0;
        for (float weight : batch.maskedWeights) {
            weights += (int) weight;
        }
        assertThat(batch.maskedCount).isEqualTo(weights).isPositive();
        for (int i = 0; i < batch.inputIds.length; i++) {
            assertThat(batch.attentionMask[i] == 0).isEqualTo(batch.inputIds[i] == 0);
        }
    }

    @Test
    void evaluationIsInOrderAndPadsTheLastBatch() {
        EvaluationBatches evaluation = evaluation(5);
        EvaluationBatches single = evaluation(1);
        assertThat(evaluation.batches()).isEqualTo((sequences.size() + 4) / 5);
        assertThat(single.batches()).isEqualTo(sequences.size());
        assertThat(sequences.size() % 5).as("the last batch is incomplete").isNotZero();
        Batch batch = evaluation.newBatch();
        Batch row = single.newBatch();
        for (int b = 0; b < evaluation.batches(); b++) {
            evaluation.fill(b, batch);
            for (int r = 0; r < 5; r++) {
                int[] masked = Arrays.copyOfRange(batch.maskedInputIds, r * LENGTH, (r + 1) * LENGTH);
                int[] attention = Arrays.copyOfRange(batch.attentionMask, r * LENGTH, (r + 1) * LENGTH);
                int sequence = b * 5 + r;
                if (sequence < sequences.size()) {
                    single.fill(sequence, row);
                    assertThat(batch.sequences[r]).isEqualTo(row.sequences[0]).isEqualTo(sequence);
                    int[] ids = new int[LENGTH];
                    int tokens = sequences.copy(sequence, ids, new int[LENGTH], 0);
                    assertThat(row.tokenCount).isEqualTo(tokens);
                    assertThat(row.inputIds).startsWith(Arrays.copyOf(ids, tokens));
                    assertThat(row.maskedCount).isPositive();
                    assertThat(masked).as("independent of the batch size").isEqualTo(row.maskedInputIds);
                    assertThat(attention).isEqualTo(row.attentionMask);
                } else {
                    assertThat(batch.sequences[r]).isEqualTo(-1);
                    assertThat(attention).containsOnly(0);
                    assertThat(Arrays.copyOfRange(batch.maskedWeights, r * 2, r * 2 + 2))
                            .containsOnly(0f);
                }
            }
        }
        assertThatThrownBy(() -> evaluation.fill(evaluation.batches(), batch))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("is not in [0, " + evaluation.batches() + ")");
    }

    /** The first ones may be of one file among many. */
    @Test
    void fewerSequencesThanAllAreSpreadOverTheText() {
        int most = sequences.size() / 2 - 1;
        EvaluationBatches few = new EvaluationBatches(
                sequences,
                most,
                new BatchOptions(most, LENGTH),
                MaskingOptions.standard(),
                TestCorpora.WORDS,
                EvaluationBatches.FIXED_SEED);
        assertThat(few.batches()).isEqualTo(1);
        Batch batch = few.newBatch();
        few.fill(0, batch);
        assertThat(batch.sequences).startsWith(0, 2).doesNotHaveDuplicates().isSorted();
        assertThat(batch.sequences[most - 1]).isGreaterThan(sequences.size() - 5);
        EvaluationBatches all = evaluation(1);
        Batch single = all.newBatch();
        for (int row = 0; row < most; row++) {
            all.fill(batch.sequences[row], single);
            assertThat(Arrays.copyOfRange(batch.maskedInputIds, row * LENGTH, (row + 1) * LENGTH))
                    .as("the same questions as where all are measured")
                    .isEqualTo(single.maskedInputIds);
        }
    }

    @Test
    void badArguments() throws IOException {
        assertThatThrownBy(() -> new BatchSource(
                        sequences, new BatchOptions(4, 32), MaskingOptions.standard(), TestCorpora.WORDS, 1))
                .hasMessage("batches of length 32 were asked for, but the sequences are packed to 16");
        assertThatThrownBy(() -> new BatchOptions(0, 32)).hasMessage("the batch size must be positive, got 0");
        assertThatThrownBy(() -> new BatchOptions(4, 0)).hasMessage("the sequence length must be positive, got 0");
        assertThatThrownBy(() -> source(1, 4).fill(0, new Batch(3, 16, 2)))
                .hasMessage("expected a batch of 4 x 16 with 2 slots, got 3 x 16 with 2");
        assertThatThrownBy(() -> new Batch(1, 0, 2)).hasMessageContaining("must be positive, got 1, 0, 2");
        PackedSequences none = SequencePacker.pack(TestCorpora.ofDocuments(folder, 4, 50), new PackingOptions(16, 0), 1)
                .heldOut();
        assertThatThrownBy(() -> new EvaluationBatches(
                        none, new BatchOptions(4, 16), MaskingOptions.standard(), TestCorpora.WORDS))
                .hasMessage("expected at least one packed sequence, got none");
    }

    static void assertSame(Batch one, Batch other) {
        assertThat(other.inputIds).isEqualTo(one.inputIds);
        assertThat(other.attentionMask).isEqualTo(one.attentionMask);
        assertThat(other.tokenTypeIds).isEqualTo(one.tokenTypeIds);
        assertThat(other.maskedInputIds).isEqualTo(one.maskedInputIds);
        assertThat(other.maskedRows).isEqualTo(one.maskedRows);
        assertThat(other.maskedLabels).isEqualTo(one.maskedLabels);
        assertThat(other.maskedWeights).isEqualTo(one.maskedWeights);
        assertThat(other.maskedCount).isEqualTo(one.maskedCount);
        assertThat(other.tokenCount).isEqualTo(one.tokenCount);
        assertThat(other.step).isEqualTo(one.step);
    }

    private BatchSource source(long seed, int batchSize) {
        return new BatchSource(
                sequences, new BatchOptions(batchSize, LENGTH), MaskingOptions.standard(), TestCorpora.WORDS, seed);
    }

    private EvaluationBatches evaluation(int batchSize) {
        return new EvaluationBatches(
                sequences, new BatchOptions(batchSize, LENGTH), MaskingOptions.standard(), TestCorpora.WORDS);
    }
}
