package org.jelectra.finetune.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Scores of predictions of any number of labels a text: micro averages count every decision about a label, macro averages every label
 * alike.
 */
public final class MultiLabelScore extends LabelCounts {

    private final boolean degenerate;
    private long exact;
    private final long total;

    /**
     * @param truth numbers of each text's labels, ascending
     * @param predictions the same of what was predicted
     * @param labels how many labels there are
     */
    public MultiLabelScore(List<List<Integer>> truth, List<List<Integer>> predictions, int labels) {
        super(labels);
        if (truth.size() != predictions.size()) {
            throw new IllegalArgumentException(
                    "expected a prediction for each of " + truth.size() + " texts, got " + predictions.size());
        }
        total = truth.size();
        for (int i = 0; i < truth.size(); i++) {
            Set<Integer> wanted = new HashSet<>(truth.get(i));
            wanted.forEach(label -> given[label]++);
            for (int label : predictions.get(i)) {
                predicted[label]++;
                right[label] += wanted.contains(label) ? 1 : 0;
            }
            exact += truth.get(i).equals(predictions.get(i)) ? 1 : 0;
        }
        degenerate = new HashSet<>(predictions).size() == 1 && new HashSet<>(truth).size() > 1;
    }

    /** F1 over all decisions; 0 where nothing is predicted and nothing given. */
    public double microF1() {
        return ratio(2 * sum(right), sum(predicted) + sum(given));
    }

    /** Share of the predicted labels that are right; 0 where none is predicted. */
    public double microPrecision() {
        return ratio(sum(right), sum(predicted));
    }

    /** Share of the labels that were found; 0 where there is none. */
    public double microRecall() {
        return ratio(sum(right), sum(given));
    }

    /** Mean over the labels of their F1, which is 0 for a label that is neither predicted nor given. */
    public double macroF1() {
        double sum = 0;
        for (int label = 0; label < right.length; label++) {
            sum += f1(label);
        }
        return sum / right.length;
    }

    /** Share of the texts whose labels are all predicted, and no other. */
    public double exactMatch() {
        return ratio(exact, total);
    }

    /** Whether every text gets the same labels although they have others. */
    public boolean isDegenerate() {
        return degenerate;
    }
}
