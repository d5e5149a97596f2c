package org.jelectra.inference.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.Tensor;

/**
 * Computes a model's outputs for any number of texts, those of similar length together.
 *
 * <p>Texts are padded to the next of a few lengths ({@link LengthBuckets}) and taken in powers of two, so that few recordings serve
 * all and no row is computed for nothing. Two pieces of memory serve the recordings, one those of single texts and one those of
 * batches; each is as large as its largest recording from the beginning, so memory does not grow with use. Not safe for use by
 * several threads.
 */
public final class TextRunner {

    /** Texts up to this length fill a batch; of longer ones fewer are computed at once, so that the tokens stay as many. */
    private static final int BATCH_LENGTH = 128;

    /** Records what is computed of a batch. */
    @FunctionalInterface
    public interface Output {
        /** A matrix with a row for each of the B texts, or for each of the B*S tokens. */
        Variable record(Tape tape, TokenInputs inputs);
    }

    private record Key(int rows, int length) {}

    private record Recording(TokenInputs inputs, TextBatch batch, Tensor output, Operation forward) {}

    private final Backend backend;
    private final Output output;
    private final int batchSize;
    private final int maxLength;
    private final int padId;
    private final boolean recorded;
    private final Map<Key, Recording> recordings = new HashMap<>();
    private Workspace single;
    private Workspace batches;

    /**
     * A runner without recordings; they are made when they are needed.
     *
     * @param batchSize texts that are computed at once, at most
     * @param maxLength longest text in tokens
     * @param padId token that fills up shorter texts
     */
    public TextRunner(Backend backend, Output output, int batchSize, int maxLength, int padId) {
        this(backend, output, batchSize, maxLength, padId, true);
    }

    /**
     * A runner as the other, of outputs that are {@linkplain Backend#recorded recorded}, or that compute something on the host too and
     * so are not.
     */
    public TextRunner(Backend backend, Output output, int batchSize, int maxLength, int padId, boolean recorded) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("the number of texts per batch must be positive, got " + batchSize);
        }
        this.backend = backend;
        this.output = output;
        this.batchSize = batchSize;
        this.maxLength = maxLength;
        this.padId = padId;
        this.recorded = recorded;
    }

    /**
     * The outputs for each text, in the order of the texts: a row of the matrix, or the rows of the text's tokens one after
     * another, without padding.
     *
     * @throws IllegalStateException if an output is not finite: the model's weights are broken
     */
    public List<float[]> run(List<EncodedText> texts) {
        Integer[] order = new Integer[texts.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt(i -> -texts.get(i).length()));
        float[][] results = new float[texts.size()][];
        int from = 0;
        while (from < order.length) {
            int length = LengthBuckets.length(texts.get(order[from]).length(), maxLength);
            int rows = Integer.highestOneBit(Math.min(order.length - from, rows(length)));
            List<EncodedText> batch = new ArrayList<>(rows);
            for (int row = 0; row < rows; row++) {
                batch.add(texts.get(order[from + row]));
            }
            Recording recording = recording(rows, length);
            float[] values = run(recording, batch);
            int size = values.length / rows;
            boolean perToken = recording.output.shape().rows() != rows;
            for (int row = 0; row < rows; row++) {
                int own = perToken ? size / length * batch.get(row).length() : size;
                int index = order[from + row];
                results[index] = Arrays.copyOfRange(values, row * size, row * size + own);
                requireFinite(results[index], index);
            }
            from += rows;
        }
        return List.of(results);
    }

    private float[] run(Recording recording, List<EncodedText> batch) {
        recording.batch.set(batch.toArray(EncodedText[]::new));
        recording.inputs.upload();
        recording.forward.run();
        float[] values = new float[Math.toIntExact(recording.output.size())];
        backend.download(recording.output, values, 0);
        return values;
    }

    private int rows(int length) {
        int fitting = (int) Math.min(batchSize, (long) batchSize * BATCH_LENGTH / length);
        return Integer.highestOneBit(Math.max(1, fitting));
    }

    /** Takes the memory for all texts now, which else is done at the first single text and at the first batch. */
    public void reserve() {
        reserveSingle();
        reserveBatches();
    }

    private void reserveSingle() {
        if (single == null) {
            Workspace memory = new Workspace(backend);
            record(1, maxLength, memory);
            single = memory;
        }
    }

    private void reserveBatches() {
        OptionalInt largest = LengthBuckets.upTo(maxLength).stream()
                .mapToInt(Integer::intValue)
                .filter(bucket -> rows(bucket) > 1)
                .reduce((a, b) -> b * rows(b) > a * rows(a) ? b : a);
        if (batches == null && largest.isPresent()) {
            Workspace memory = new Workspace(backend);
            record(rows(largest.getAsInt()), largest.getAsInt(), memory);
            batches = memory;
        }
    }

    private Recording recording(int rows, int length) {
        if (rows == 1) {
            reserveSingle();
        } else {
            reserveBatches();
        }
        Recording recording = recordings.get(new Key(rows, length));
        return recording == null ? record(rows, length, rows == 1 ? single : batches) : recording;
    }

    private Recording record(int rows, int length, Workspace memory) {
        TokenInputs inputs = new TokenInputs(backend, rows, length);
        Tape tape = new Tape(backend, inputs.clock());
        Tensor result = tape.keep(output.record(tape, inputs).value());
        Program program = tape.compile(memory);
        Operation forward = recorded ? backend.recorded(program::forward) : program::forward;
        Recording recording = new Recording(inputs, new TextBatch(inputs, padId), result, forward);
        recordings.put(new Key(rows, length), recording);
        return recording;
    }

    private static void requireFinite(float[] scores, int index) {
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                throw new IllegalStateException("the model's score for text number " + (index + 1) + " is " + score
                        + "; its weights are not usable");
            }
        }
    }
}
