package org.jelectra.inference.squad;

import java.util.List;
import org.jelectra.electra.heads.JointSpanScores;

/**
 * Finds the best answer in what the joint head says of a question's windows: a start that was followed and has the most context
 * around it, and an end after it. The score is the sum of the logarithms of their probabilities. The odds of "no answer" are the
 * lowest logit of all windows, because one window that holds the answer is enough. (The original code looks at the 20 best ends of
 * each start, and so may find none that is possible; here all are looked at.)
 */
final class JointSpanDecoder {

    private static final int COLUMNS = JointSpanScores.COLUMNS;

    private final List<QuestionWindow> windows;
    private double best = Double.NEGATIVE_INFINITY;
    private int bestStart = -1;
    private int bestEnd = -1;

    private JointSpanDecoder(List<QuestionWindow> windows) {
        this.windows = windows;
    }

    /**
     * The best answer with probabilities.
     *
     * @param windows all windows of one question
     * @param scores of each window as {@link JointSpanScores} has them
     */
    static ProbableAnswer best(List<QuestionWindow> windows, List<float[]> scores) {
        JointSpanDecoder decoder = new JointSpanDecoder(windows);
        double odds = Double.POSITIVE_INFINITY;
        for (int w = 0; w < windows.size(); w++) {
            decoder.search(w, scores.get(w));
            odds = Math.min(odds, scores.get(w)[JointSpanScores.RANK]);
        }
        double nullProbability = 1 / (1 + Math.exp(-odds));
        return new ProbableAnswer(decoder.answer(odds), Math.exp(decoder.best), nullProbability);
    }

    private void search(int number, float[] scores) {
        QuestionWindow window = windows.get(number);
        double starts = SpanProbabilities.logSum(window, scores, COLUMNS, JointSpanScores.START);
        int shift = window.contextStart() - window.from();
        for (int start = window.from(); start < window.to(); start++) {
            int row = (start + shift) * COLUMNS;
            int rank = (int) scores[row + JointSpanScores.RANK];
            if (rank < 0 || !SpanDecoder.hasMostContext(windows, number, start)) {
                continue;
            }
            int column = JointSpanScores.ENDS + rank;
            double both = starts + SpanProbabilities.logSum(window, scores, COLUMNS, column);
            int beyond = Math.min(window.to(), start + QuestionWindow.MAX_ANSWER_PIECES);
            for (int end = start; end < beyond; end++) {
                double score =
                        (double) scores[row + JointSpanScores.START] + scores[(end + shift) * COLUMNS + column] - both;
                if (score > best) {
                    best = score;
                    bestStart = start;
                    bestEnd = end;
                }
            }
        }
    }

    private PredictedAnswer answer(double odds) {
        if (bestStart < 0) {
            return new PredictedAnswer("", 0, 0, -SpanDecoder.IMPOSSIBLE, SpanDecoder.IMPOSSIBLE);
        }
        return PredictedAnswer.of(windows.get(0), bestStart, bestEnd, best, odds);
    }
}
