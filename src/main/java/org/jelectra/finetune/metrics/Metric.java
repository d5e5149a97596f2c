package org.jelectra.finetune.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A task's main metric. */
public enum Metric {
    /** Share of right predictions. */
    ACCURACY,
    /** Matthews correlation. */
    MATTHEWS,
    /** F1 of the second class (label 1). */
    F1,
    /** F1 over all decisions about the labels of texts that may have several. */
    MICRO_F1,
    /** Mean of all labels' F1; of a classification, of those that occur or are predicted. */
    MACRO_F1,
    /** Pearson's correlation. */
    PEARSON,
    /** Spearman's rank correlation. */
    SPEARMAN,
    /** Entity-level F1. */
    ENTITY_F1;

    /** Name in files: {@code accuracy}, {@code entity_f1}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The metric of that name; throws IllegalArgumentException for an unknown one. */
    public static Metric of(String label) {
        for (Metric metric : values()) {
            if (metric.label().equals(label)) {
                return metric;
            }
        }
        throw new IllegalArgumentException("expected a metric ("
                + Arrays.stream(values()).map(Metric::label).collect(Collectors.joining(", ")) + "), got " + label);
    }
}
