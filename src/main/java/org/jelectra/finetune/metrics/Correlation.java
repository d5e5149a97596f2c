package org.jelectra.finetune.metrics;

import java.util.Arrays;
import java.util.Comparator;

/** How well numbers agree with others. */
public final class Correlation {

    private Correlation() {}

    /** Pearson's correlation; NaN where a side is constant or holds NaN. */
    public static double pearson(double[] x, double[] y) {
        requireEqualLengths(x, y);
        double meanX = Arrays.stream(x).average().orElse(Double.NaN);
        double meanY = Arrays.stream(y).average().orElse(Double.NaN);
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            double dx = x[i] - meanX;
            double dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        if (isConstant(x) || isConstant(y) || xx == 0 || yy == 0) {
            return Double.NaN;
        }
        return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
    }

    /** Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of their ranks. */
    public static double spearman(double[] x, double[] y) {
        requireEqualLengths(x, y);
        if (Arrays.stream(x).anyMatch(Double::isNaN) || Arrays.stream(y).anyMatch(Double::isNaN)) {
            return Double.NaN;
        }
        return pearson(ranks(x), ranks(y));
    }

    /** Mean squared difference, in the square of the values' units. */
    public static double meanSquaredError(double[] x, double[] y) {
        requireEqualLengths(x, y);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - y[i]) * (x[i] - y[i]);
        }
        return sum / x.length;
    }

    /** Standard deviation of the values themselves, in their units: the root of the mean squared distance to their mean. */
    public static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        return Math.sqrt(Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(Double.NaN));
    }

    /** Whether all values are the same. */
    public static boolean isConstant(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == values[0]);
    }

    private static double[] ranks(double[] values) {
        Integer[] order = new Integer[values.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
        double[] ranks = new double[values.length];
        for (int from = 0, to; from < order.length; from = to) {
            to = from + 1;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                ranks[order[i]] = (from + to + 1) / 2.0;
            }
        }
        return ranks;
    }

    private static void requireEqualLengths(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "expected as many values on both sides, got " + x.length + " and " + y.length);
        }
    }
}
