package org.jelectra.finetune.squad;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.finetune.TextRunner;
import org.jelectra.text.Vocabulary;

/** Answers any number of questions, windows of similar length together. Without dropout. Not safe for use by several threads. */
final class SpanPredictor {

    private final Vocabulary vocabulary;
    private final TextRunner runner;

    /**
     * @param batchSize windows that are computed at once, at most
     * @param maxLength longest window in tokens
     */
    SpanPredictor(EncoderWithHead<SpanHead> model, Vocabulary vocabulary, int batchSize, int maxLength) {
        this.vocabulary = vocabulary;
        runner = new TextRunner(
                model.backend(),
                (tape, inputs) -> model.head().logits(tape, model.encode(tape, inputs.encoder(), false)),
                batchSize,
                maxLength,
                vocabulary.padId());
    }

    /**
     * The best answer to each question, in the order of their numbers.
     *
     * @param windows of all questions, those of one together and in the order of the questions
     * @throws IllegalStateException if a score is not finite: the model's weights are broken
     */
    List<PredictedAnswer> answers(List<QuestionWindow> windows) {
        return answers(windows, SpanDecoder::best);
    }

    /** As {@link #answers(List)}, with the answer's probability and that of "no answer". */
    List<ProbableAnswer> probableAnswers(List<QuestionWindow> windows) {
        return answers(windows, SpanProbabilities::of);
    }

    private <T> List<T> answers(
            List<QuestionWindow> windows, BiFunction<List<QuestionWindow>, List<float[]>, T> decoder) {
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

    /** For each window the start and end logits of its positions, alternating. */
    private List<float[]> scores(List<QuestionWindow> windows) {
        return runner.run(
                windows.stream().map(window -> window.text(vocabulary)).toList());
    }
}
