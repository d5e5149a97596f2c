package org.jelectra.finetune.tasks;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Training pass of a sequence classifier (cross-entropy) or, with one output, a regressor (squared error). */
final class SequenceGraph extends TaskGraph {

    private final List<EncodedText> texts;
    private final float[] labels;
    private final Tensor classes;
    private final Tensor targets;
    private final Tensor weights;

    /**
     * @param texts training examples
     * @param labels class or target of each
     * @param outputs classes, or 1
     */
    SequenceGraph(
            EncoderWithHead<ClassificationHead> model,
            List<EncodedText> texts,
            float[] labels,
            int outputs,
            Reduction reduction,
            int padId,
            int rows,
            int length,
            Workspace workspace) {
        super(model.backend(), reduction, padId, rows, length);
        this.texts = texts;
        this.labels = labels;
        classes = ints("classes", rows);
        targets = floats("targets", rows);
        weights = floats("weights", rows);
        record(tape -> loss(tape, model, outputs), workspace);
    }

    private Tensor loss(Tape tape, EncoderWithHead<ClassificationHead> model, int outputs) {
        Variable hidden = model.encode(tape, inputs().encoder(), true);
        Variable logits = model.head().logits(tape, hidden, inputs().firstTokens(), true);
        if (outputs == 1) {
            return tape.losses().squaredError(logits, targets, weights, normalizer(), 1);
        }
        Tensor correct = tape.tensor("correct", DType.FLOAT32, inputs().batch());
        return tape.losses().crossEntropy(logits, classes, weights, normalizer(), correct, 1, null);
    }

    @Override
    protected void set(int[] examples, int[] batch) {
        setTexts(Arrays.stream(examples).mapToObj(texts::get).toArray(EncodedText[]::new));
        int[] ids = new int[inputs().batch()];
        float[] values = new float[inputs().batch()];
        float[] counts = new float[inputs().batch()];
        for (int row = 0; row < examples.length; row++) {
            values[row] = labels[examples[row]];
            ids[row] = (int) values[row];
            counts[row] = 1;
        }
        set(classes, ids);
        set(targets, values);
        set(weights, counts);
        setNormalizer(batch.length, 1);
    }
}
