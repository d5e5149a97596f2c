package org.jelectra.inference.squad;

import java.util.List;

/** Turns the scores of a question's windows into probabilities; see {@link ProbableAnswer}. */
final class SpanProbabilities {

    private static final int START = 0;
    private static final int END = 1;
    private static final int COLUMNS = 2;

    private SpanProbabilities() {}

    /** The best answer, as {@link SpanDecoder#best} finds it, with probabilities. */
    static ProbableAnswer of(List<QuestionWindow> windows, List<float[]> scores) {
        PredictedAnswer answer = SpanDecoder.best(windows, scores);
        double best = 0;
        double none = 1;
        for (int i = 0; i < windows.size(); i++) {
            QuestionWindow window = windows.get(i);
            float[] logits = scores.get(i);
            double normalizer = logSum(window, logits, COLUMNS, START) + logSum(window, logits, COLUMNS, END);
            none = Math.min(none, Math.exp((double) logits[START] + logits[END] - normalizer));
            // an empty answer ends before the first character, where no piece ends
            int first = position(window, window.context().starts(), answer.start(), 1);
            int last = position(window, window.context().ends(), answer.end(), -1);
            if (first >= 0 && last >= 0) {
                double score = (double) logits[2 * first + START] + logits[2 * last + END];
                best = Math.max(best, Math.exp(score - normalizer));
            }
        }
        return new ProbableAnswer(answer, best, none);
    }

    /** Logarithm of the sum of exponentials of one of the columns over the first token and the context. */
    static double logSum(QuestionWindow window, float[] logits, int columns, int column) {
        double maximum = logits[column];
        int from = window.contextStart();
        int to = from + window.contextLength();
        for (int i = from; i < to; i++) {
            maximum = Math.max(maximum, logits[columns * i + column]);
        }
        double sum = Math.exp(logits[column] - maximum);
        for (int i = from; i < to; i++) {
            sum += Math.exp(logits[columns * i + column] - maximum);
        }
        return maximum + Math.log(sum);
    }

    /** Where in the window the piece lies that begins or ends at a character, the first or the last one; -1 where it does not. */
    private static int position(QuestionWindow window, int[] characters, int character, int step) {
        int shift = window.contextStart() - window.from();
        int piece = step > 0 ? window.from() : window.to() - 1;
        while (piece >= window.from() && piece < window.to()) {
            if (characters[piece] == character) {
                return piece + shift;
            }
            piece += step;
        }
        return -1;
    }
}
