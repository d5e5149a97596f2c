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
import org.jelectra.finetune.EncodedText;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
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
    private final Reduction reduction;
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
        super(model.backend(), vocabulary.padId(), rows, length);
        this.windows = windows;
        this.vocabulary = vocabulary;
        this.reduction = reduction;
        starts = tensor("starts", DType.INT32, rows);
        ends = tensor("ends", DType.INT32, rows);
        startRows = tensor("startRows", DType.INT32, rows);
        unanswerable = tensor("unanswerable", DType.INT32, rows);
        counted = tensor("counted", DType.INT32, rows);
        weights = tensor("weights", DType.FLOAT32, rows);
        record(tape -> loss(tape, model), workspace);
    }

    private Tensor loss(Tape tape, EncoderWithHead<JointSpanHead> model) {
        AnswerPositions positions = new AnswerPositions(backend(), inputs());
        positions.record(tape);
        JointSpanHead head = model.head();
        Variable hidden = model.encode(tape, inputs().encoder(), true);
        Variable startLogits = head.starts(tape, hidden);
        Variable endLogits = head.ends(tape, hidden, head.endFeatures(tape, hidden), startRows, positions);
        Variable noneLogits = head.unanswerable(tape, hidden, startLogits, inputs(), positions);
        Tensor allowed = positions.allowed();
        Tensor startLoss = tape.losses().spanCrossEntropy(startLogits, allowed, starts, weights, normalizer(), 1);
        Tensor endLoss = tape.losses().spanCrossEntropy(endLogits, allowed, ends, weights, normalizer(), 1);
        Tensor counts = tape.tensor("counts", DType.FLOAT32, 4);
        Tensor noneLoss = tape.losses().sigmoidCrossEntropy(noneLogits, unanswerable, counted, normalizer(), counts, 1);
        Tensor sum = tape.keep(tape.tensor("jointLoss", DType.FLOAT32, 1));
        tape.record("jointLoss", List.of(startLoss, endLoss, noneLoss, sum), () -> {
            Operation clear = backend().fill(sum, 0);
            List<Operation> additions = List.of(
                    backend().add(startLoss, sum),
                    backend().add(endLoss, sum),
                    backend().add(noneLoss, sum));
            return () -> {
                clear.run();
                additions.forEach(Operation::run);
            };
        });
        return sum;
    }

    @Override
    public void upload(int[] examples) {
        uploadTexts(Arrays.stream(examples)
                .mapToObj(example -> windows.get(example).text(vocabulary))
                .toArray(EncodedText[]::new));
        int rows = inputs().batch();
        int[] first = new int[rows];
        int[] last = new int[rows];
        int[] firstRows = new int[rows];
        int[] none = new int[rows];
        int[] counts = new int[rows];
        float[] shares = new float[rows];
        Arrays.setAll(firstRows, row -> row * inputs().length());
        for (int row = 0; row < examples.length; row++) {
            QuestionWindow window = windows.get(examples[row]);
            first[row] = window.start();
            last[row] = window.end();
            firstRows[row] += window.start();
            none[row] = window.start() == 0 ? 1 : 0;
            counts[row] = 1;
            shares[row] = 1;
        }
        backend().upload(first, 0, starts);
        backend().upload(last, 0, ends);
        backend().upload(firstRows, 0, startRows);
        backend().upload(none, 0, unanswerable);
        backend().upload(counts, 0, counted);
        backend().upload(shares, 0, weights);
        float divisor = reduction == Reduction.MEAN ? examples.length : 1;
        uploadNormalizer(DENOMINATOR * divisor);
    }
}
