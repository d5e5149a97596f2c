package org.jelectra.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * A classifier's opinion of a text.
 *
 * @param labels all labels in the model's order, with probabilities that add up to 1
 */
public record Classification(List<Candidate> labels) {

    /**
     * A label.
     *
     * @param label its name
     * @param probability softmax of the logits
     * @param logit what the model computed
     */
    public record Candidate(String label, double probability, float logit) {}

    /** Labels with the probabilities of logits, which are as many. */
    static Classification of(List<String> names, float[] logits) {
        double maximum = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            maximum = Math.max(maximum, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - maximum);
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            candidates.add(new Candidate(names.get(i), Math.exp(logits[i] - maximum) / sum, logits[i]));
        }
        return new Classification(List.copyOf(candidates));
    }

    /** The most probable label, the first of equals. */
    public Candidate best() {
        Candidate best = labels.get(0);
        for (Candidate candidate : labels) {
            if (candidate.logit > best.logit) {
                best = candidate;
            }
        }
        return best;
    }
}
