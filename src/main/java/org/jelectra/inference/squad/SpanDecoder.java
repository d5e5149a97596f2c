package org.jelectra.inference.squad;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the best answer in the scores of a question's windows: a start among the best, an end among the best, both in the
 * context and in order, and the start where it has the most context around it. The score is the sum of the two logits; that of
 * "no answer" is the first token's, the lowest of all windows, because one window that holds the answer is enough. Where none of
 * the best ends fits behind one of the best starts there is no answer, as in the original code, which writes the word "empty" then.
 */
final class SpanDecoder {

    private static final int CANDIDATES = 20;
    /** How far below "no answer" an answer scores that cannot be: finite, so that files can hold it. */
    static final double IMPOSSIBLE = 1000;

    private SpanDecoder() {}

    /**
     * The best answer.
     *
     * @param windows all windows of one question
     * @param scores for each window start and end logit of each position, alternating
     */
    static PredictedAnswer best(List<QuestionWindow> windows, List<float[]> scores) {
        double nullScore = Double.POSITIVE_INFINITY;
        double best = Double.NEGATIVE_INFINITY;
        int bestStart = -1;
        int bestEnd = -1;
        for (int w = 0; w < windows.size(); w++) {
            QuestionWindow window = windows.get(w);
            float[] logits = scores.get(w);
            nullScore = Math.min(nullScore, logits[0] + logits[1]);
            int[] ends = largest(window, logits, 1);
            for (int start : largest(window, logits, 0)) {
                if (!hasMostContext(windows, w, start)) {
                    continue;
                }
                for (int end : ends) {
                    double score = score(window, logits, start, end);
                    if (score > best) {
                        best = score;
                        bestStart = start;
                        bestEnd = end;
                    }
                }
            }
        }
        if (bestStart < 0) {
            return new PredictedAnswer("", 0, 0, nullScore - IMPOSSIBLE, IMPOSSIBLE);
        }
        return PredictedAnswer.of(windows.get(0), bestStart, bestEnd, best, nullScore - best);
    }

    private static double score(QuestionWindow window, float[] logits, int start, int end) {
        if (end < start || end - start >= QuestionWindow.MAX_ANSWER_PIECES) {
            return Double.NEGATIVE_INFINITY;
        }
        int shift = window.contextStart() - window.from();
        return (double) logits[2 * (start + shift)] + logits[2 * (end + shift) + 1];
    }

    /** Pieces of the context with the largest logits, the earlier of equal ones first. */
    private static int[] largest(QuestionWindow window, float[] logits, int column) {
        Integer[] order = new Integer[window.contextLength()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> -logits[2 * (window.contextStart() + i) + column]));
        return Arrays.stream(order)
                .limit(CANDIDATES)
                .mapToInt(i -> i + window.from())
                .toArray();
    }

    /**
     * Whether no window has more context around a piece than this one, and none before it as much.
     *
     * @param windows all of a question, as {@link WindowCutter} makes them
     * @param window one that holds the piece
     */
    static boolean hasMostContext(List<QuestionWindow> windows, int window, int piece) {
        double here = windows.get(window).contextOf(piece);
        // the windows begin one after another and end so: those that hold the piece are neighbours
        for (int other = window - 1; other >= 0 && piece < windows.get(other).to(); other--) {
            if (windows.get(other).contextOf(piece) >= here) {
                return false;
            }
        }
        for (int other = window + 1;
                other < windows.size() && piece >= windows.get(other).from();
                other++) {
            if (windows.get(other).contextOf(piece) > here) {
                return false;
            }
        }
        return true;
    }
}
