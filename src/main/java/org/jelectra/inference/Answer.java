package org.jelectra.inference;

import org.jelectra.inference.squad.PredictedAnswer;
import org.jelectra.inference.squad.ProbableAnswer;

/**
 * An answer that a model found in a text.
 *
 * @param text the best answer in the context's own characters, also where "no answer" is more likely; empty where there is none, see
 *     {@link PredictedAnswer}
 * @param start index of its first character in the context (UTF-16)
 * @param end index after its last character
 * @param probability of the answer, see {@link ProbableAnswer}
 * @param nullProbability of "no answer"; means nothing for a model that was trained on questions that all have one
 * @param score of start and end together, see {@link PredictedAnswer}
 * @param nullOdds how much better "no answer" is than this one, see {@link PredictedAnswer}
 */
public record Answer(
        String text, int start, int end, double probability, double nullProbability, double score, double nullOdds) {

    static Answer of(ProbableAnswer probable) {
        PredictedAnswer answer = probable.answer();
        return new Answer(
                answer.text(),
                answer.start(),
                answer.end(),
                probable.probability(),
                probable.nullProbability(),
                answer.score(),
                answer.nullOdds());
    }

    /** Whether the model holds "no answer" for more likely than this one. */
    public boolean isNull() {
        return text.isEmpty() || nullOdds > 0;
    }
}
