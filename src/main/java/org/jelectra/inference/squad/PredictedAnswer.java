package org.jelectra.inference.squad;

/**
 * A model's answer to a question.
 *
 * @param text the answer in the context's own characters, the best one even where "no answer" is more likely; empty where no span of
 *     the context is possible: it is empty, or no start that was looked at has an end that was looked at near enough behind it
 * @param start index of its first character in the context (UTF-16)
 * @param end index after its last character
 * @param score the answer's, start and end together: logits of the plain head, logarithms of probabilities of the joint one
 * @param nullOdds how much better "no answer" is than the answer; the higher, the less likely is there one. Of the plain head the
 *     difference of the two scores, of the joint one its classifier's logit
 */
public record PredictedAnswer(String text, int start, int end, double score, double nullOdds) {

    /** The answer from one piece of a window's context to another. */
    static PredictedAnswer of(QuestionWindow window, int firstPiece, int lastPiece, double score, double nullOdds) {
        var context = window.context();
        return new PredictedAnswer(
                context.span(firstPiece, lastPiece),
                context.starts()[firstPiece],
                context.ends()[lastPiece],
                score,
                nullOdds);
    }

    /** Whether the odds of "no answer" exceed the threshold. */
    public boolean isNull(double threshold) {
        return text.isEmpty() || nullOdds > threshold;
    }
}
