package org.jelectra.finetune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model achieves on a development set.
 *
 * @param metric name of the task's main metric, one of the keys of {@code values}
 * @param values metrics by name, as fractions (not percentages); NaN where undefined
 * @param degenerate whether all predictions are the same although the labels are not: such a run learnt nothing
 */
public record Evaluation(String metric, Map<String, Double> values, boolean degenerate) {

    public Evaluation {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        if (!values.containsKey(metric)) {
            throw new IllegalArgumentException(
                    "the main metric " + metric + " must be among the values, got " + values.keySet());
        }
    }

    /** The main metric. */
    public double value() {
        return values.get(metric);
    }
}
