package org.jelectra.pretrain;

import java.util.Arrays;

/**
 * The exact area under the ROC curve of scored yes/no predictions. Collects any number of them; {@link #clear} starts anew and keeps
 * the memory.
 *
 * <p>The area is the Mann-Whitney statistic: the share of (positive, negative) pairs in which the positive has the higher
 * score, equal scores counting one half. Counted in whole numbers, so it has no rounding but the last division, and unlike the
 * 200-threshold estimate of the original code it does not depend on how scores are spread, nor on padding.
 */
public final class BinaryMetrics {

    // One entry per prediction: the score's bits in an order that sorts like the score, then one bit for the label.
    private long[] entries = new long[1024];
    private int size;
    private boolean sorted = true;
    private long positives;
    private boolean undefined;

    /** Adds one prediction. */
    public void add(float score, boolean positive) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, 2 * size);
        }
        // adding 0 turns -0 into +0: they are equal scores
        entries[size++] = (long) sortable(Float.floatToIntBits(score + 0f)) << 1 | (positive ? 1 : 0);
        sorted = false;
        undefined |= Float.isNaN(score);
        positives += positive ? 1 : 0;
    }

    /** Forgets all predictions. */
    public void clear() {
        size = 0;
        sorted = true;
        positives = 0;
        undefined = false;
    }

    /** Area under the ROC curve; NaN where a class is missing or a score is NaN. */
    public double auc() {
        long negatives = size - positives;
        if (positives == 0 || negatives == 0 || undefined) {
            return Double.NaN;
        }
        if (!sorted) {
            Arrays.sort(entries, 0, size);
            sorted = true;
        }
        long twiceWins = 0;
        long negativesBelow = 0;
        for (int i = 0; i < size; ) {
            long score = entries[i] >> 1;
            long equalPositives = 0;
            long equalNegatives = 0;
            for (; i < size && entries[i] >> 1 == score; i++) {
                if ((entries[i] & 1) == 1) {
                    equalPositives++;
                } else {
                    equalNegatives++;
                }
            }
            twiceWins += equalPositives * (2 * negativesBelow + equalNegatives);
            negativesBelow += equalNegatives;
        }
        return twiceWins / (2.0 * positives * negatives);
    }

    /** Number of predictions. */
    int size() {
        return size;
    }

    /** A prediction in one number, from which {@link #addEntry} makes it again; their order has no meaning. */
    long entry(int index) {
        return entries[index];
    }

    void addEntry(long entry) {
        add(Float.intBitsToFloat(sortable((int) (entry >> 1))), (entry & 1) == 1);
    }

    // Negative floats order backwards by their bits; flipping all but the sign puts both halves in ascending order.
    private static int sortable(int bits) {
        return bits ^ (bits >> 31) & 0x7fffffff;
    }
}
