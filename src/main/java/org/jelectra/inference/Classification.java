package org.jelectra.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * A classifier's opinion of a text.
 *
 * @param candidates all labels in the model's order; the probabilities add up to 1 where a text has one label, and are each
 *     for itself where it may have any number
 */
public record Classification(List<Candidate> candidates) {

    /**
     * A label.
     *
     * @param label its name
     * @param probability that the text has it: softmax of the logits where it has one label, sigmoid of the logit where it may have
     *     any number
     * @param logit what the model computed
     */
    public record Candidate(String label, double probability, float logit) {}

    /** Labels of which a text has one, with the probabilities of logits, which are as many. */
    static Classification oneOf(List<String> names, float[] logits) {
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

    /** Labels of which a text has any number, with the probabilities of logits, which are as many. */
    static Classification anyOf(List<String> names, float[] logits) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            candidates.add(new Candidate(names.get(i), 1 / (1 + Math.exp(-logits[i])), logits[i]));
        }
        return new Classification(List.copyOf(candidates));
    }

    /** The most probable label, the first of equals. */
    public Candidate best() {
        Candidate best = candidates.get(0);
        for (Candidate candidate : candidates) {
            if (candidate.logit > best.logit) {
                best = candidate;
            }
        }
        return best;
    }

    /** Names of the labels whose probability is above a threshold, in the model's order; perhaps none. */
    public List<String> above(double threshold) {
        return candidates.stream()
                .filter(candidate -> candidate.probability > threshold)
                .map(Candidate::label)
                .toList();
    }
}
