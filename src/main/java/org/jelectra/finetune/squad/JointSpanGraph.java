package org.jelectra.finetune.squad;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Operation;
import org.jelectra.electra.heads.AnswerPositions;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.squad.QuestionWindow;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Vocabulary;

/**
 * Training pass of the joint head: of each window half the sum of three losses, the cross-entropies of start and end and the
 * binary one of "no answer". Ends are judged after the right start. A window that does not hold the answer has the first token for
 * start and end, and counts as one without an answer. (In the original code it counts as answerable where another window of its
 * question holds the answer. At inference the lowest logit of all windows decides, so each must learn to speak for itself.)
 */
final class JointSpanGraph extends TaskGraph {

    /** The official weights, 1/2 for start and end each and for "no answer", as a factor of the losses' denominator. */
    private static final float DENOMINATOR = 2;

    private final List<QuestionWindow> windows;
    private final Vocabulary vocabulary;
    private final Tensor allowed;
    private final Tensor starts;
    private final Tensor ends;
    private final Tensor startRows;
    private final Tensor unanswerable;
    private final Tensor counted;
    private final Tensor weights;

    JointSpanGraph(
            EncoderWithHead<JointSpanHead> model,
            List<QuestionWindow> windows,
            Vocabulary vocabulary,
            Reduction reduction,
            int rows,
            int length,
            Workspace workspace) {
        super(model.backend(), reduction, vocabulary.padId(), rows, length);
        this.windows = windows;
        this.vocabulary = vocabulary;
        allowed = ints("allowed", rows * length);
        starts = ints("starts", rows);
        ends = ints("ends", rows);
        startRows = ints("startRows", rows);
        unanswerable = ints("unanswerable", rows);
        counted = ints("counted", rows);
        weights = floats("weights", rows);
        record(tape -> loss(tape, model), workspace);
    }

    private Tensor loss(Tape tape, EncoderWithHead<JointSpanHead> model) {
        AnswerPositions positions = new AnswerPositions(backend(), inputs(), allowed);
        JointSpanHead head = model.head();
        Variable hidden = model.encode(tape, inputs().encoder(), true);
        Variable startLogits = head.starts(tape, hidden);
        Variable endLogits = head.ends(tape, hidden, head.endFeatures(tape, hidden), startRows, positions);
        Variable noneLogits = head.unanswerable(tape, hidden, startLogits, inputs(), positions);
        Tensor startLoss = tape.losses().spanCrossEntropy(startLogits, allowed, starts, weights, normalizer(), 1);
        Tensor endLoss = tape.losses().spanCrossEntropy(endLogits, allowed, ends, weights, normalizer(), 1);
        Tensor counts = tape.tensor("counts", DType.FLOAT32, 4);
        Tensor noneLoss = tape.losses().sigmoidCrossEntropy(noneLogits, unanswerable, counted, normalizer(), counts, 1);
        Tensor sum = tape.keep(tape.tensor("jointLoss", DType.FLOAT32, 1));
        tape.record(
                "jointLoss",
                List.of(startLoss, endLoss, noneLoss, sum),
                () -> Operation.sequence(
                        backend().fill(sum, 0),
                        backend().add(startLoss, sum),
                        backend().add(endLoss, sum),
                        backend().add(noneLoss, sum)));
        return sum;
    }

    @Override
    protected void set(int[] examples, int[] batch) {
        setTexts(Arrays.stream(examples)
                .mapToObj(example -> windows.get(example).text(vocabulary))
                .toArray(EncodedText[]::new));
        int rows = inputs().batch();
        int[] open = new int[rows * inputs().length()];
        int[] first = new int[rows];
        int[] last = new int[rows];
        int[] firstRows = new int[rows];
        int[] none = new int[rows];
        int[] counts = new int[rows];
        float[] shares = new float[rows];
        Arrays.setAll(firstRows, row -> row * inputs().length());
        for (int row = 0; row < rows; row++) {
            // rows beyond hold the first text, see TextBatch
            windows.get(examples[row < examples.length ? row : 0]).allow(open, firstRows[row]);
        }
        for (int row = 0; row < examples.length; row++) {
            QuestionWindow window = windows.get(examples[row]);
            first[row] = window.start();
            last[row] = window.end();
            firstRows[row] += window.start();
            none[row] = window.start() == 0 ? 1 : 0;
            counts[row] = 1;
            shares[row] = 1;
        }
        set(allowed, open);
        set(starts, first);
        set(ends, last);
        set(startRows, firstRows);
        set(unanswerable, none);
        set(counted, counts);
        set(weights, shares);
        setNormalizer(batch.length, DENOMINATOR);
    }
}
