package org.jelectra.finetune.squad;

/**
 * A model's answer to a question.
 *
 * @param text the answer in the context's own characters, the best one even where "no answer" is more likely; empty where the
 *     context is
 * @param start index of its first character in the context (UTF-16)
 * @param end index after its last character
 * @param score the answer's, start and end together
 * @param nullScore that of "no answer"
 */
public record PredictedAnswer(String text, int start, int end, double score, double nullScore) {

    /** How much better "no answer" is than the answer; the higher, the less likely is there one. */
    public double nullOdds() {
        return nullScore - score;
    }

    /** Whether "no answer" exceeds the answer by more than the threshold. */
    public boolean isNull(double threshold) {
        return text.isEmpty() || nullOdds() > threshold;
    }
}
