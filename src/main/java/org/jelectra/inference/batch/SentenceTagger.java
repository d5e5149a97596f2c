package org.jelectra.inference.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenClassificationHead;

/** Tags any number of sentences, those of similar length together. Without dropout. */
public final class SentenceTagger {

    /** Tag of words that were cut off, in any scheme. */
    private static final String OUTSIDE = "O";

    private final List<String> labels;
    private final TextRunner runner;

    /**
     * @param labels names of the head's outputs
     * @param batchSize sentences that are computed at once, at most
     * @param maxLength longest sentence in tokens
     * @param padId token that fills up shorter sentences
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

    /**
     * The most probable tag of every word, in the order of the sentences; {@code O} for words that were cut off.
     *
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public List<List<String>> tag(List<EncodedSentence> sentences) {
        return scores(sentences).stream().map(this::tags).toList();
    }

    private List<String> tags(float[][] words) {
        return Arrays.stream(words)
                .map(word -> word == null ? OUTSIDE : labels.get(SequencePredictor.largest(word)))
                .toList();
    }

    /**
     * The logits of every word, one for each label, in the order of the sentences; null for words that were cut off.
     *
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public List<float[][]> scores(List<EncodedSentence> sentences) {
        List<float[]> outputs =
                runner.run(sentences.stream().map(EncodedSentence::text).toList());
        List<float[][]> results = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            int[] positions = sentences.get(i).positions();
            float[][] words = new float[positions.length][];
            for (int word = 0; word < words.length; word++) {
                if (positions[word] >= 0) {
                    int at = positions[word] * labels.size();
                    words[word] = Arrays.copyOfRange(outputs.get(i), at, at + labels.size());
                }
            }
            results.add(words);
        }
        return results;
    }
}
