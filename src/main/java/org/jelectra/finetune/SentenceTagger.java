package org.jelectra.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.Tensor;

/** Tags any number of sentences, those of similar length together. Without dropout. */
public final class SentenceTagger {

    /** Tag of words that were cut off, in any scheme. */
    private static final String OUTSIDE = "O";

    private final EncoderWithHead<TokenClassificationHead> model;
    private final List<String> labels;
    private final int batchSize;
    private final int maxLength;
    private final int padId;
    private final Workspace workspace;
    private final Map<Integer, Recording> recordings = new HashMap<>();

    private record Recording(TokenInputs inputs, TextBatch batch, Tensor logits, Program program) {}

    /**
     * @param labels names of the head's outputs
     * @param batchSize sentences that are computed at once
     * @param maxLength longest sentence in tokens
     * @param padId token that fills up shorter sentences
     */
    public SentenceTagger(
            EncoderWithHead<TokenClassificationHead> model,
            List<String> labels,
            int batchSize,
            int maxLength,
            int padId) {
        this.model = model;
        this.labels = labels;
        this.batchSize = batchSize;
        this.maxLength = maxLength;
        this.padId = padId;
        workspace = new Workspace(model.backend());
    }

    /**
     * The most probable tag of every word, in the order of the sentences; {@code O} for words that were cut off.
     *
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public List<List<String>> tag(List<EncodedSentence> sentences) {
        Integer[] order = new Integer[sentences.size()];
        Arrays.setAll(order, i -> i);
        // the longest first: its memory serves the others
        Arrays.sort(order, Comparator.comparingInt(i -> -sentences.get(i).text().length()));
        List<List<String>> results = new ArrayList<>(Collections.nCopies(sentences.size(), null));
        for (int from = 0; from < order.length; from += batchSize) {
            List<EncodedSentence> batch = new ArrayList<>();
            for (int i = from; i < Math.min(order.length, from + batchSize); i++) {
                batch.add(sentences.get(order[i]));
            }
            int length = LengthBuckets.length(batch.get(0).text().length(), maxLength);
            float[] logits = run(batch, length);
            for (int row = 0; row < batch.size(); row++) {
                results.set(order[from + row], tags(batch.get(row), logits, row * length));
            }
        }
        return results;
    }

    private List<String> tags(EncodedSentence sentence, float[] logits, int start) {
        List<String> tags = new ArrayList<>();
        for (int position : sentence.positions()) {
            if (position < 0) {
                tags.add(OUTSIDE);
                continue;
            }
            int at = (start + position) * labels.size();
            float[] scores = Arrays.copyOfRange(logits, at, at + labels.size());
            for (float score : scores) {
                if (!Float.isFinite(score)) {
                    throw new IllegalStateException(
                            "the model's score for a word is " + score + "; its weights are not usable");
                }
            }
            tags.add(labels.get(SequenceScores.largest(scores)));
        }
        return List.copyOf(tags);
    }

    private float[] run(List<EncodedSentence> batch, int length) {
        Recording recording = recordings.computeIfAbsent(length, this::record);
        recording.batch.upload(batch.stream().map(EncodedSentence::text).toArray(EncodedText[]::new));
        recording.program.forward();
        float[] logits = new float[batchSize * length * labels.size()];
        model.backend().download(recording.logits, logits, 0);
        return logits;
    }

    private Recording record(int length) {
        TokenInputs inputs = new TokenInputs(model.backend(), batchSize, length);
        Tape tape = new Tape(model.backend(), inputs.clock());
        Tensor logits = tape.keep(model.head()
                .logits(tape, model.encode(tape, inputs.encoder(), false), false)
                .value());
        return new Recording(inputs, new TextBatch(inputs, padId), logits, tape.compile(workspace));
    }
}
