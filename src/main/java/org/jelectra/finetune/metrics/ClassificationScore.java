package org.jelectra.finetune.metrics;

/**
 * Counts of predicted and true classes, and the scores that follow from them.
 *
 * <p>The Matthews correlation is that of Gorodkin (2004) for any number of classes; with two it is Matthews' own (1975).
 */
public final class ClassificationScore extends LabelCounts {

    private final long total;

    /**
     * @param labels true classes
     * @param predictions predicted classes
     * @param classes number of classes; both arrays hold numbers below
     */
    public ClassificationScore(int[] labels, int[] predictions, int classes) {
        super(classes);
        if (labels.length != predictions.length) {
            throw new IllegalArgumentException(
                    "expected a prediction for each of " + labels.length + " labels, got " + predictions.length);
        }
        for (int i = 0; i < labels.length; i++) {
            given[labels[i]]++;
            predicted[predictions[i]]++;
            right[labels[i]] += labels[i] == predictions[i] ? 1 : 0;
        }
        total = labels.length;
    }

    /** Share of right predictions; NaN where there is none. */
    public double accuracy() {
        return (double) sum(right) / total;
    }

    /** Matthews correlation; 0 where labels or predictions are all the same. */
    public double matthews() {
        double cross = 0;
        double predictedSquares = 0;
        double labelSquares = 0;
        for (int k = 0; k < right.length; k++) {
            cross += (double) predicted[k] * given[k];
            predictedSquares += (double) predicted[k] * predicted[k];
            labelSquares += (double) given[k] * given[k];
        }
        double square = (double) total * total;
        double denominator = Math.sqrt(square - predictedSquares) * Math.sqrt(square - labelSquares);
        return denominator == 0 ? 0 : ((double) sum(right) * total - cross) / denominator;
    }

    /** Mean of the F1 of all classes that are predicted or true of an example; NaN where there is none. */
    public double macroF1() {
        double sum = 0;
        int occurring = 0;
        for (int k = 0; k < right.length; k++) {
            if (predicted[k] + given[k] > 0) {
                sum += f1(k);
                occurring++;
            }
        }
        return sum / occurring;
    }

    /** Whether every prediction is the same class although the labels are not. */
    public boolean isDegenerate() {
        int predictedClasses = 0;
        int labelClasses = 0;
        for (int k = 0; k < right.length; k++) {
            predictedClasses += predicted[k] > 0 ? 1 : 0;
            labelClasses += given[k] > 0 ? 1 : 0;
        }
        return predictedClasses == 1 && labelClasses > 1;
    }
}
