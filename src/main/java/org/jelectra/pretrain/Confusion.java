package org.jelectra.pretrain;

/**
 * Counts of a yes/no prediction; here "yes" means that a token was replaced.
 *
 * @param truePositives replaced tokens that were found
 * @param falsePositives original tokens taken for replaced ones
 * @param trueNegatives original tokens taken for what they are
 * @param falseNegatives replaced tokens that were missed
 */
public record Confusion(long truePositives, long falsePositives, long trueNegatives, long falseNegatives) {

    /** Nothing predicted yet. */
    static final Confusion NONE = new Confusion(0, 0, 0, 0);

    /** These counts and others. */
    Confusion plus(Confusion other) {
        return new Confusion(
                truePositives + other.truePositives,
                falsePositives + other.falsePositives,
                trueNegatives + other.trueNegatives,
                falseNegatives + other.falseNegatives);
    }

    /** Share of right predictions; NaN where there was nothing to predict. */
    public double accuracy() {
        return count() == 0 ? Double.NaN : (double) (truePositives + trueNegatives) / count();
    }

    /** Share of the "yes" predictions that are right; 0 where there was none. */
    public double precision() {
        return truePositives == 0 ? 0 : (double) truePositives / (truePositives + falsePositives);
    }

    /** Share of the positives that were found; 0 where there was none. */
    public double recall() {
        return truePositives == 0 ? 0 : (double) truePositives / (truePositives + falseNegatives);
    }

    /** Share of the positives among all; NaN where there was nothing to predict. */
    public double positiveFraction() {
        return count() == 0 ? Double.NaN : (double) (truePositives + falseNegatives) / count();
    }

    /** Number of predictions. */
    public long count() {
        return truePositives + falsePositives + trueNegatives + falseNegatives;
    }
}
