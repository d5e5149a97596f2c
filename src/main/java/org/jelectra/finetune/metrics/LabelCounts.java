package org.jelectra.finetune.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How often each label, or class, was predicted, given and both, and the scores of a label alone. */
public abstract class LabelCounts {

    /** Of each label, how often it was predicted where it is given. */
    final long[] right;

    final long[] predicted;
    final long[] given;

    LabelCounts(int labels) {
        right = new long[labels];
        predicted = new long[labels];
        given = new long[labels];
    }

    /** Share of the predictions of a label that are right; 0 where there is none. */
    public double precision(int label) {
        return ratio(right[label], predicted[label]);
    }

    /** Share of a label's examples that were found; 0 where there is none. */
    public double recall(int label) {
        return ratio(right[label], given[label]);
    }

    /** Harmonic mean of both; 0 where undefined. */
    public double f1(int label) {
        return ratio(2 * right[label], predicted[label] + given[label]);
    }

    /** The scores of every label, by their names. */
    public List<LabelScore> scores(List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> new LabelScore(names.get(i), precision(i), recall(i), f1(i), given[i]))
                .toList();
    }

    static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }

    static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
