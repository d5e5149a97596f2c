package org.jelectra.electra.heads;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * What a {@link JointSpanHead} says of B sequences when no start is given: it follows the {@value #BEAM} likeliest starts. The
 * result has a row for each token and {@value #COLUMNS} columns: the start logit; the number of the token among the starts that
 * were followed, from 0, or -1, but in the first token's row the logit of "no answer"; and the end logits after each start.
 */
public final class JointSpanScores {

    /** Starts that are followed, as in the original code. */
    public static final int BEAM = 20;
    /** Column of the start logits. */
    public static final int START = 0;
    /** Column of a token's number among the starts, and of the logit of "no answer". */
    public static final int RANK = 1;
    /** Column of the end logits after start number 0; the other starts follow. */
    public static final int ENDS = 2;
    /** Columns in all. */
    public static final int COLUMNS = ENDS + BEAM;

    private final Backend backend;
    private final Tensor starts;
    private final StartBeam beam;
    private final List<Tensor> ends = new ArrayList<>();
    private final Tensor unanswerable;
    private final Tensor result;

    private JointSpanScores(EncoderWithHead<JointSpanHead> model, Tape tape, TokenInputs inputs) {
        backend = model.backend();
        JointSpanHead head = model.head();
        AnswerPositions positions = new AnswerPositions(backend, inputs);
        positions.record(tape);
        Variable hidden = model.encode(tape, inputs.encoder(), false);
        Variable startLogits = head.starts(tape, hidden);
        starts = startLogits.value();
        beam = new StartBeam(backend, tape, starts, positions, inputs.batch(), BEAM);
        Variable endFeatures = head.endFeatures(tape, hidden);
        for (int k = 0; k < BEAM; k++) {
            // one start after the other: the features of all at once would be twenty times the memory
            ends.add(head.ends(tape, hidden, endFeatures, beam.rows(k), positions)
                    .value());
        }
        unanswerable =
                head.unanswerable(tape, hidden, startLogits, inputs, positions).value();
        result = tape.tensor("jointSpanScores", DType.FLOAT32, inputs.batch() * inputs.length(), COLUMNS);
        List<Tensor> tensors = new ArrayList<>(ends);
        tensors.addAll(List.of(starts, unanswerable, result));
        tape.record("jointSpanScores", tensors, () -> this::gather);
    }

    /** Records encoder and head, without dropout, and returns the result {@code [B*S, 22]}. */
    public static Variable record(EncoderWithHead<JointSpanHead> model, Tape tape, TokenInputs inputs) {
        return tape.constant(new JointSpanScores(model, tape, inputs).result);
    }

    private void gather() {
        int rows = starts.shape().rows();
        float[] column = new float[rows];
        float[] all = new float[rows * COLUMNS];
        backend.download(starts, column, 0);
        for (int row = 0; row < rows; row++) {
            all[row * COLUMNS + START] = column[row];
            all[row * COLUMNS + RANK] = beam.rank(row);
        }
        for (int k = 0; k < BEAM; k++) {
            backend.download(ends.get(k), column, 0);
            for (int row = 0; row < rows; row++) {
                all[row * COLUMNS + ENDS + k] = column[row];
            }
        }
        int batch = unanswerable.shape().rows();
        float[] none = new float[batch];
        backend.download(unanswerable, none, 0);
        for (int sequence = 0; sequence < batch; sequence++) {
            all[sequence * (rows / batch) * COLUMNS + RANK] = none[sequence];
        }
        backend.upload(all, 0, result);
    }
}
