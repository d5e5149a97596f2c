package org.jelectra.pretrain.bench;

import java.util.Arrays;

/** Percentiles of measured numbers, by linear interpolation between the two nearest of the sorted ones. */
public final class Percentiles {

    private final double[] sorted;

    /**
     * Keeps a sorted copy.
     *
     * @throws IllegalArgumentException without any number, or if one is NaN
     */
    public Percentiles(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("percentiles need at least one number, got none");
        }
        sorted = values.clone();
        Arrays.sort(sorted);
        if (Double.isNaN(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("percentiles need numbers, got " + Arrays.toString(values));
        }
    }

    /** The number below which {@code percent} (0 to 100) of the numbers lie; 50 is the median. */
    public double at(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentile lies between 0 and 100, got " + percent);
        }
        double place = percent / 100 * (sorted.length - 1);
        int below = (int) place;
        double share = place - below;
        return share == 0 ? sorted[below] : sorted[below] + share * (sorted[below + 1] - sorted[below]);
    }
}
