package org.jelectra.finetune;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Training pass of a sequence classifier (cross-entropy) or, with one output, a regressor (squared error). */
final class SequenceGraph implements TaskGraph {

    private final Backend backend;
    private final List<EncodedText> texts;
    private final float[] labels;
    private final Reduction reduction;
    private final TokenInputs inputs;
    private final TextBatch batch;
    private final Tensor classes;
    private final Tensor targets;
    private final Tensor weights;
    private final Tensor normalizer;
    private final Variable logits;
    private final Tensor loss;
    private final Program program;
    private final float[] scalar = new float[1];

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
        this.backend = model.backend();
        this.texts = texts;
        this.labels = labels;
        this.reduction = reduction;
        inputs = new TokenInputs(backend, rows, length);
        batch = new TextBatch(inputs, padId);
        classes = tensor("classes", DType.INT32, rows);
        targets = tensor("targets", DType.FLOAT32, rows);
        weights = tensor("weights", DType.FLOAT32, rows);
        normalizer = tensor("normalizer", DType.FLOAT32, 1);
        Tape tape = new Tape(backend, inputs.clock());
        Variable hidden = model.encode(tape, inputs.encoder(), true);
        logits = model.head().logits(tape, hidden, inputs.firstTokens(), true);
        if (outputs == 1) {
            loss = tape.squaredError(logits, targets, weights, normalizer, 1);
        } else {
            Tensor correct = tape.tensor("correct", DType.FLOAT32, rows);
            loss = tape.crossEntropy(logits, classes, weights, normalizer, correct, 1);
        }
        tape.backward();
        program = tape.compile(workspace);
    }

    private Tensor tensor(String name, DType dtype, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(dtype, size), 0);
    }

    @Override
    public void upload(int[] examples) {
        batch.upload(Arrays.stream(examples).mapToObj(texts::get).toArray(EncodedText[]::new));
        int[] ids = new int[inputs.batch()];
        float[] values = new float[inputs.batch()];
        float[] counts = new float[inputs.batch()];
        for (int row = 0; row < examples.length; row++) {
            values[row] = labels[examples[row]];
            ids[row] = (int) values[row];
            counts[row] = 1;
        }
        backend.upload(ids, 0, classes);
        backend.upload(values, 0, targets);
        backend.upload(counts, 0, weights);
        scalar[0] = reduction == Reduction.MEAN ? examples.length : 1;
        backend.upload(scalar, 0, normalizer);
    }

    @Override
    public TokenInputs inputs() {
        return inputs;
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public Tensor loss() {
        return loss;
    }
}
