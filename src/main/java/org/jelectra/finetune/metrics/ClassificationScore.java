package org.jelectra.finetune.metrics;

/**
 * Counts of predicted and true classes, and the scores that follow from them.
 *
 * <p>The Matthews correlation is that of Gorodkin (2004) for any number of classes; with two it is Matthews' own (1975).
 */
public final class ClassificationScore {

    private final long[][] counts;
    private final long total;

    /**
     * @param labels true classes
     * @param predictions predicted classes
     * @param classes number of classes; both arrays hold numbers below
     */
    public ClassificationScore(int[] labels, int[] predictions, int classes) {
        if (labels.length != predictions.length) {
            throw new IllegalArgumentException(
                    "expected a prediction for each of " + labels.length + " labels, got " + predictions.length);
        }
        counts = new long[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]][predictions[i]]++;
        }
        total = labels.length;
    }

    /** Share of right predictions; NaN where there is none. */
    public double accuracy() {
        long right = 0;
        for (int k = 0; k < counts.length; k++) {
            right += counts[k][k];
        }
        return (double) right / total;
    }

    /** Matthews correlation; 0 where labels or predictions are all the same. */
    public double matthews() {
        double right = 0;
        double cross = 0;
        double predictedSquares = 0;
        double labelSquares = 0;
        for (int k = 0; k < counts.length; k++) {
            right += counts[k][k];
            cross += (double) predicted(k) * labelled(k);
            predictedSquares += (double) predicted(k) * predicted(k);
            labelSquares += (double) labelled(k) * labelled(k);
        }
        double square = (double) total * total;
        double denominator = Math.sqrt(square - predictedSquares) * Math.sqrt(square - labelSquares);
        return denominator == 0 ? 0 : (right * total - cross) / denominator;
    }

    /** Share of the predictions of a class that are right; 0 where there is none. */
    public double precision(int positive) {
        return ratio(counts[positive][positive], predicted(positive));
    }

    /** Share of a class's examples that were found; 0 where there is none. */
    public double recall(int positive) {
        return ratio(counts[positive][positive], labelled(positive));
    }

    /** Harmonic mean of precision and recall of a class; 0 where undefined. */
    public double f1(int positive) {
        return ratio(2 * counts[positive][positive], predicted(positive) + labelled(positive));
    }

    /** Mean of the F1 of all classes that are predicted or true of an example; NaN where there is none. */
    public double macroF1() {
        double sum = 0;
        int occurring = 0;
        for (int k = 0; k < counts.length; k++) {
            if (predicted(k) + labelled(k) > 0) {
                sum += f1(k);
                occurring++;
            }
        }
        return sum / occurring;
    }

    /** Examples of a class. */
    public long count(int label) {
        return labelled(label);
    }

    /** Whether every prediction is the same class although the labels are not. */
    public boolean isDegenerate() {
        int predictedClasses = 0;
        int labelClasses = 0;
        for (int k = 0; k < counts.length; k++) {
            predictedClasses += predicted(k) > 0 ? 1 : 0;
            labelClasses += labelled(k) > 0 ? 1 : 0;
        }
        return predictedClasses == 1 && labelClasses > 1;
    }

    private long labelled(int k) {
        long sum = 0;
        for (long count : counts[k]) {
            sum += count;
        }
        return sum;
    }

    private long predicted(int k) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[k];
        }
        return sum;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
