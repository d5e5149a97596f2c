package org.jelectra.finetune.tasks;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.batch.EncodedSentence.Stretch;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Training pass of a tagger: cross-entropy at the first piece of every word. */
final class TaggingGraph extends TaskGraph {

    private final List<Stretch> sentences;
    private final List<int[]> tags;
    private final Tensor labels;
    private final Tensor weights;

    /**
     * @param sentences what is trained on of each
     * @param tags number of the tag of each word, also of those behind a sentence's stretch
     */
    TaggingGraph(
            EncoderWithHead<TokenClassificationHead> model,
            List<Stretch> sentences,
            List<int[]> tags,
            Reduction reduction,
            int padId,
            int rows,
            int length,
            Workspace workspace) {
        super(model.backend(), reduction, padId, rows, length);
        this.sentences = sentences;
        this.tags = tags;
        labels = ints("labels", rows * length);
        weights = floats("weights", rows * length);
        record(tape -> loss(tape, model), workspace);
    }

    private Tensor loss(Tape tape, EncoderWithHead<TokenClassificationHead> model) {
        Variable logits = model.head().logits(tape, model.encode(tape, inputs().encoder(), true), true);
        Tensor correct = tape.tensor("correct", DType.FLOAT32, (int) labels.size());
        return tape.losses().crossEntropy(logits, labels, weights, normalizer(), correct, 1, null);
    }

    @Override
    protected void set(int[] examples, int[] batch) {
        setTexts(Arrays.stream(examples)
                .mapToObj(example -> sentences.get(example).text())
                .toArray(EncodedText[]::new));
        int[] ids = new int[inputs().batch() * inputs().length()];
        float[] counts = new float[ids.length];
        for (int row = 0; row < examples.length; row++) {
            int[] positions = sentences.get(examples[row]).positions();
            for (int word = 0; word < positions.length; word++) {
                int at = row * inputs().length() + positions[word];
                ids[at] = tags.get(examples[row])[word];
                counts[at] = 1;
            }
        }
        set(labels, ids);
        set(weights, counts);
        setNormalizer(Math.max(1, words(batch)), 1);
    }

    private int words(int[] examples) {
        return Arrays.stream(examples)
                .map(example -> sentences.get(example).positions().length)
                .sum();
    }
}
