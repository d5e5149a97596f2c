package org.jelectra.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * Which of its labels a model gives a text: each is decided by itself.
 *
 * @param candidates all labels in the model's order
 */
public record TextLabels(List<Candidate> candidates) {

    /**
     * A label.
     *
     * @param label its name
     * @param probability sigmoid of the logit: that the text has it
     * @param logit what the model computed
     */
    public record Candidate(String label, double probability, float logit) {}

    /** Labels with the probabilities of logits, which are as many. */
    static TextLabels of(List<String> names, float[] logits) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            candidates.add(new Candidate(names.get(i), 1 / (1 + Math.exp(-logits[i])), logits[i]));
        }
        return new TextLabels(List.copyOf(candidates));
    }

    /** Names of the labels whose probability is above a threshold, in the model's order; perhaps none. */
    public List<String> above(double threshold) {
        return candidates.stream()
                .filter(candidate -> candidate.probability > threshold)
                .map(Candidate::label)
                .toList();
    }
}
