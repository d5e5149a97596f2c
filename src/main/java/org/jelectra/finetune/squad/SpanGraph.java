package org.jelectra.finetune.squad;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.finetune.EncodedText;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.finetune.TextBatch;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Vocabulary;

/**
 * Training pass: the mean of the cross-entropies of start and end over the context and the first token, which is the target where
 * the window does not hold the answer.
 */
final class SpanGraph implements TaskGraph {

    private final Backend backend;
    private final List<QuestionWindow> windows;
    private final Vocabulary vocabulary;
    private final Reduction reduction;
    private final TokenInputs inputs;
    private final TextBatch batch;
    private final Tensor allowed;
    private final Tensor targets;
    private final Tensor weights;
    private final Tensor normalizer;
    private final Tensor loss;
    private final Program program;

    SpanGraph(
            EncoderWithHead<SpanHead> model,
            List<QuestionWindow> windows,
            Vocabulary vocabulary,
            Reduction reduction,
            int rows,
            int length,
            Workspace workspace) {
        this.backend = model.backend();
        this.windows = windows;
        this.vocabulary = vocabulary;
        this.reduction = reduction;
        inputs = new TokenInputs(backend, rows, length);
        batch = new TextBatch(inputs, vocabulary.padId());
        allowed = tensor("allowed", DType.INT32, rows * length);
        targets = tensor("targets", DType.INT32, rows * SpanHead.OUTPUTS);
        weights = tensor("weights", DType.FLOAT32, rows);
        normalizer = tensor("normalizer", DType.FLOAT32, 1);
        Tape tape = new Tape(backend, inputs.clock());
        Variable logits = model.head().logits(tape, model.encode(tape, inputs.encoder(), true));
        loss = tape.spanCrossEntropy(logits, allowed, targets, weights, normalizer, 1);
        tape.backward();
        program = tape.compile(workspace);
    }

    private Tensor tensor(String name, DType dtype, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(dtype, size), 0);
    }

    @Override
    public void upload(int[] examples) {
        batch.upload(Arrays.stream(examples)
                .mapToObj(example -> windows.get(example).text(vocabulary))
                .toArray(EncodedText[]::new));
        int length = inputs.length();
        int[] open = new int[inputs.batch() * length];
        int[] positions = new int[inputs.batch() * SpanHead.OUTPUTS];
        float[] counts = new float[inputs.batch()];
        for (int row = 0; row < examples.length; row++) {
            QuestionWindow window = windows.get(examples[row]);
            int begin = row * length;
            open[begin] = 1;
            int first = begin + window.contextStart();
            Arrays.fill(open, first, first + window.contextLength(), 1);
            positions[SpanHead.OUTPUTS * row] = window.start();
            positions[SpanHead.OUTPUTS * row + 1] = window.end();
            counts[row] = 1;
        }
        backend.upload(open, 0, allowed);
        backend.upload(positions, 0, targets);
        backend.upload(counts, 0, weights);
        backend.upload(new float[] {reduction == Reduction.MEAN ? examples.length : 1}, 0, normalizer);
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
