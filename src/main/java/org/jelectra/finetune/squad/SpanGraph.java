package org.jelectra.finetune.squad;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.squad.QuestionWindow;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Vocabulary;

/**
 * Training pass: the mean of the cross-entropies of start and end over the context and the first token, which is the target where
 * the window does not hold the answer.
 */
final class SpanGraph extends TaskGraph {

    private final List<QuestionWindow> windows;
    private final Vocabulary vocabulary;
    private final Tensor allowed;
    private final Tensor targets;
    private final Tensor weights;

    SpanGraph(
            EncoderWithHead<SpanHead> model,
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
        targets = ints("targets", rows * SpanHead.OUTPUTS);
        weights = floats("weights", rows);
        record(tape -> loss(tape, model), workspace);
    }

    private Tensor loss(Tape tape, EncoderWithHead<SpanHead> model) {
        Variable logits = model.head().logits(tape, model.encode(tape, inputs().encoder(), true));
        return tape.losses().spanCrossEntropy(logits, allowed, targets, weights, normalizer(), 1);
    }

    @Override
    protected void set(int[] examples, int[] batch) {
        setTexts(Arrays.stream(examples)
                .mapToObj(example -> windows.get(example).text(vocabulary))
                .toArray(EncodedText[]::new));
        int length = inputs().length();
        int[] open = new int[inputs().batch() * length];
        int[] positions = new int[inputs().batch() * SpanHead.OUTPUTS];
        float[] counts = new float[inputs().batch()];
        for (int row = 0; row < examples.length; row++) {
            QuestionWindow window = windows.get(examples[row]);
            window.allow(open, row * length);
            positions[SpanHead.OUTPUTS * row] = window.start();
            positions[SpanHead.OUTPUTS * row + 1] = window.end();
            counts[row] = 1;
        }
        set(allowed, open);
        set(targets, positions);
        set(weights, counts);
        setNormalizer(batch.length, 1);
    }
}
