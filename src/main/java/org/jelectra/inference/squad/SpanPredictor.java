package org.jelectra.inference.squad;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.JointSpanScores;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.inference.batch.TextRunner;
import org.jelectra.text.Vocabulary;

/** Answers any number of questions, windows of similar length together. Without dropout. Not safe for use by several threads. */
public final class SpanPredictor {

    /** Makes an answer of the scores of all windows of one question. */
    private interface Decoder<T> extends BiFunction<List<QuestionWindow>, List<float[]>, T> {}

    private final Vocabulary vocabulary;
    private final TextRunner runner;
    private final Decoder<PredictedAnswer> best;
    private final Decoder<ProbableAnswer> probable;

    private SpanPredictor(
            Vocabulary vocabulary, TextRunner runner, Decoder<PredictedAnswer> best, Decoder<ProbableAnswer> probable) {
        this.vocabulary = vocabulary;
        this.runner = runner;
        this.best = best;
        this.probable = probable;
    }

    /**
     * With HuggingFace's head.
     *
     * @param batchSize windows that are computed at once, at most
     * @param maxLength longest window in tokens
     */
    public static SpanPredictor plain(
            EncoderWithHead<SpanHead> model, Vocabulary vocabulary, int batchSize, int maxLength) {
        TextRunner.Output output =
                (tape, inputs) -> model.head().logits(tape, model.encode(tape, inputs.encoder(), false));
        return new SpanPredictor(
                vocabulary,
                new TextRunner(model.backend(), output, batchSize, maxLength, vocabulary.padId()),
                SpanDecoder::best,
                SpanProbabilities::of);
    }

    /** As {@link #plain}, with the joint head. */
    public static SpanPredictor joint(
            EncoderWithHead<JointSpanHead> model, Vocabulary vocabulary, int batchSize, int maxLength) {
        TextRunner.Output output = (tape, inputs) -> JointSpanScores.record(model, tape, inputs);
        // the beam of starts is chosen on the host
        return new SpanPredictor(
                vocabulary,
                new TextRunner(model.backend(), output, batchSize, maxLength, vocabulary.padId(), false),
                (windows, scores) -> JointSpanDecoder.best(windows, scores).answer(),
                JointSpanDecoder::best);
    }

    /** Takes the memory for all windows now, which else is done when it is needed. */
    public void reserve() {
        runner.reserve();
    }

    /**
     * The best answer to each question, in the order of their numbers.
     *
     * @param windows of all questions, those of one together and in the order of the questions
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    public List<PredictedAnswer> answers(List<QuestionWindow> windows) {
        return answers(windows, best);
    }

    /** As {@link #answers(List)}, with the answer's probability and that of "no answer". */
    List<ProbableAnswer> probableAnswers(List<QuestionWindow> windows) {
        return answers(windows, probable);
    }

    private <T> List<T> answers(List<QuestionWindow> windows, Decoder<T> decoder) {
        List<float[]> scores = scores(windows);
        List<T> answers = new ArrayList<>();
        int from = 0;
        while (from < windows.size()) {
            int to = from;
            while (to < windows.size()
                    && windows.get(to).question() == windows.get(from).question()) {
                to++;
            }
            answers.add(decoder.apply(windows.subList(from, to), scores.subList(from, to)));
            from = to;
        }
        return answers;
    }

    /** What the model says of each window's positions. */
    private List<float[]> scores(List<QuestionWindow> windows) {
        return runner.run(
                windows.stream().map(window -> window.text(vocabulary)).toList());
    }
}
