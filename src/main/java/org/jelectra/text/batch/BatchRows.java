package org.jelectra.text.batch;

import java.util.Arrays;
import java.util.Locale;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/** Writes packed sequences into the rows of batches; what training and evaluation have in common. */
final class BatchRows {

    private final PackedSequences sequences;
    private final BatchOptions options;
    private final int slots;
    private final int padId;

    BatchRows(PackedSequences sequences, BatchOptions options, MaskingOptions masking, Vocabulary vocabulary) {
        if (sequences.size() == 0) {
            throw new IllegalArgumentException("expected at least one packed sequence, got none");
        }
        if (sequences.sequenceLength() != options.sequenceLength()) {
            throw new IllegalArgumentException("batches of length " + options.sequenceLength()
                    + " were asked for, but the sequences are packed to " + sequences.sequenceLength());
        }
        this.sequences = sequences;
        this.options = options;
        this.slots = masking.maxPredictions(options.sequenceLength());
        this.padId = vocabulary.padId();
    }

    Batch newBatch() {
        return new Batch(options.batchSize(), options.sequenceLength(), slots);
    }

    void begin(Batch batch, long step) {
        if (batch.batchSize() != options.batchSize()
                || batch.sequenceLength() != options.sequenceLength()
                || batch.slots() != slots) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "expected a batch of %d x %d with %d slots, got %d x %d with %d",
                    options.batchSize(),
                    options.sequenceLength(),
                    slots,
                    batch.batchSize(),
                    batch.sequenceLength(),
                    batch.slots()));
        }
        batch.step = step;
        batch.tokenCount = 0;
        batch.maskedCount = 0;
    }

    /** Writes ids, types and attention mask of a row; only padding if {@code sequence} is -1. */
    void fill(Batch batch, int row, int sequence) {
        batch.sequences[row] = sequence;
        int start = row * options.sequenceLength();
        int end = start + options.sequenceLength();
        int length = sequence < 0 ? 0 : sequences.copy(sequence, batch.inputIds, batch.tokenTypeIds, start);
        Arrays.fill(batch.attentionMask, start, start + length, 1);
        Arrays.fill(batch.attentionMask, start + length, end, 0);
        Arrays.fill(batch.inputIds, start + length, end, padId);
        Arrays.fill(batch.tokenTypeIds, start + length, end, 0);
        batch.tokenCount += length;
    }
}
