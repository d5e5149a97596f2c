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

/**
 * Training pass of a classifier that gives a text any number of L labels: of each text the mean over the labels of the binary
 * cross-entropy, as HuggingFace's {@code multi_label_classification} has it.
 */
final class MultiLabelGraph extends TaskGraph {

    private final List<EncodedText> texts;
    private final List<List<Integer>> classes;
    private final int labels;
    private final Tensor given;
    private final Tensor counted;

    /**
     * @param texts training examples
     * @param classes those of each
     * @param labels L, how many there are
     */
    MultiLabelGraph(
            EncoderWithHead<ClassificationHead> model,
            List<EncodedText> texts,
            List<List<Integer>> classes,
            int labels,
            Reduction reduction,
            int padId,
            int rows,
            int length,
            Workspace workspace) {
        super(model.backend(), reduction, padId, rows, length);
        this.texts = texts;
        this.classes = classes;
        this.labels = labels;
        given = ints("given", Math.multiplyExact(rows, labels));
        counted = ints("counted", Math.multiplyExact(rows, labels));
        record(tape -> loss(tape, model), workspace);
    }

    private Tensor loss(Tape tape, EncoderWithHead<ClassificationHead> model) {
        Variable hidden = model.encode(tape, inputs().encoder(), true);
        Variable logits = model.head().logits(tape, hidden, inputs().firstTokens(), true);
        Tensor counts = tape.tensor("counts", DType.FLOAT32, 4);
        return tape.losses().sigmoidCrossEntropy(logits, given, counted, normalizer(), counts, 1);
    }

    @Override
    protected void set(int[] examples, int[] batch) {
        setTexts(Arrays.stream(examples).mapToObj(texts::get).toArray(EncodedText[]::new));
        int[] ones = new int[inputs().batch() * labels];
        int[] counts = new int[ones.length];
        for (int row = 0; row < examples.length; row++) {
            for (int label : classes.get(examples[row])) {
                ones[row * labels + label] = 1;
            }
            Arrays.fill(counts, row * labels, (row + 1) * labels, 1);
        }
        set(given, ones);
        set(counted, counts);
        setNormalizer(batch.length, labels);
    }
}
