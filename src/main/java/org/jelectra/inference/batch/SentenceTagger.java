package org.jelectra.inference.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.inference.batch.EncodedSentence.Stretch;

/** Tags any number of sentences of any length; stretches of similar length together. Without dropout. */
public final class SentenceTagger {

    private final List<String> labels;
    private final TextRunner runner;

    /**
     * @param labels names of the head's outputs
     * @param batchSize stretches that are computed at once, at most
     * @param maxLength longest stretch in tokens
     * @param padId token that fills up shorter ones
     */
    public SentenceTagger(
            EncoderWithHead<TokenClassificationHead> model,
            List<String> labels,
            int batchSize,
            int maxLength,
            int padId) {
        this.labels = labels;
        runner = new TextRunner(
                model.backend(),
                (tape, inputs) -> model.head().logits(tape, model.encode(tape, inputs.encoder(), false), false),
                batchSize,
                maxLength,
                padId);
    }

    /** Takes the memory for all sentences now, which else is done when it is needed. */
    public void reserve() {
        runner.reserve();
    }

    /**
     * The most probable tag of every word, in the order of the sentences.
     *
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public List<List<String>> tag(List<EncodedSentence> sentences) {
        return scores(sentences).stream().map(this::tags).toList();
    }

    private List<String> tags(float[][] words) {
        return Arrays.stream(words)
                .map(word -> labels.get(SequencePredictor.largest(word)))
                .toList();
    }

    /**
     * The logits of every word, one for each label, in the order of the sentences.
     *
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public List<float[][]> scores(List<EncodedSentence> sentences) {
        Iterator<float[]> outputs = runner.run(sentences.stream()
                        .flatMap(sentence -> sentence.stretches().stream())
                        .map(Stretch::text)
                        .toList())
                .iterator();
        List<float[][]> results = new ArrayList<>();
        for (EncodedSentence sentence : sentences) {
            List<float[]> words = new ArrayList<>();
            for (Stretch stretch : sentence.stretches()) {
                float[] output = outputs.next();
                for (int position : stretch.positions()) {
                    int at = position * labels.size();
                    words.add(Arrays.copyOfRange(output, at, at + labels.size()));
                }
            }
            results.add(words.toArray(float[][]::new));
        }
        return results;
    }
}
