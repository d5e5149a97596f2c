package org.jelectra.finetune.squad;

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
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.finetune.EncodedText;
import org.jelectra.finetune.LengthBuckets;
import org.jelectra.finetune.TextBatch;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Vocabulary;

/** Answers any number of questions, windows of similar length together. Without dropout. Not safe for use by several threads. */
final class SpanPredictor {

    private final EncoderWithHead<SpanHead> model;
    private final Vocabulary vocabulary;
    private final int batchSize;
    private final int maxLength;
    private final Workspace workspace;
    private final Map<Integer, Recording> recordings = new HashMap<>();

    private record Recording(TokenInputs inputs, TextBatch batch, Tensor logits, Program program) {}

    /**
     * @param batchSize windows that are computed at once
     * @param maxLength longest window in tokens
     */
    SpanPredictor(EncoderWithHead<SpanHead> model, Vocabulary vocabulary, int batchSize, int maxLength) {
        this.model = model;
        this.vocabulary = vocabulary;
        this.batchSize = batchSize;
        this.maxLength = maxLength;
        workspace = new Workspace(model.backend());
    }

    /**
     * The best answer to each question, in the order of their numbers.
     *
     * @param windows of all questions, those of one together and in the order of the questions
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    List<PredictedAnswer> answers(List<QuestionWindow> windows) {
        List<float[]> scores = scores(windows);
        List<PredictedAnswer> answers = new ArrayList<>();
        int from = 0;
        while (from < windows.size()) {
            int to = from;
            while (to < windows.size()
                    && windows.get(to).question() == windows.get(from).question()) {
                to++;
            }
            answers.add(SpanDecoder.best(windows.subList(from, to), scores.subList(from, to)));
            from = to;
        }
        return answers;
    }

    private List<float[]> scores(List<QuestionWindow> windows) {
        Integer[] order = new Integer[windows.size()];
        Arrays.setAll(order, i -> i);
        // the longest first: its memory serves the others
        Arrays.sort(order, Comparator.comparingInt(i -> -windows.get(i).length()));
        List<float[]> results = new ArrayList<>(Collections.nCopies(windows.size(), null));
        for (int from = 0; from < order.length; from += batchSize) {
            int to = Math.min(order.length, from + batchSize);
            List<EncodedText> batch = new ArrayList<>();
            for (int i = from; i < to; i++) {
                batch.add(windows.get(order[i]).text(vocabulary));
            }
            int length = LengthBuckets.length(batch.get(0).length(), maxLength);
            float[] logits = run(batch, length);
            for (int i = from; i < to; i++) {
                int start = (i - from) * length * SpanHead.OUTPUTS;
                int tokens = windows.get(order[i]).length();
                float[] own = Arrays.copyOfRange(logits, start, start + tokens * SpanHead.OUTPUTS);
                requireFinite(own);
                results.set(order[i], own);
            }
        }
        return results;
    }

    private float[] run(List<EncodedText> batch, int length) {
        Recording recording = recordings.computeIfAbsent(length, this::record);
        recording.batch.upload(batch.toArray(EncodedText[]::new));
        recording.program.forward();
        float[] logits = new float[batchSize * length * SpanHead.OUTPUTS];
        model.backend().download(recording.logits, logits, 0);
        return logits;
    }

    private Recording record(int length) {
        TokenInputs inputs = new TokenInputs(model.backend(), batchSize, length);
        Tape tape = new Tape(model.backend(), inputs.clock());
        Tensor logits = tape.keep(model.head()
                .logits(tape, model.encode(tape, inputs.encoder(), false))
                .value());
        return new Recording(inputs, new TextBatch(inputs, vocabulary.padId()), logits, tape.compile(workspace));
    }

    private static void requireFinite(float[] scores) {
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                throw new IllegalStateException(
                        "the model's score for a position is " + score + "; its weights are not usable");
            }
        }
    }
}
