package org.jelectra.finetune;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jelectra.finetune.data.TaskFolder;

/**
 * What a model achieves on a development set.
 *
 * @param metric name of the task's main metric, one of the keys of {@code values}
 * @param values metrics by name, as fractions (not percentages); NaN where undefined
 * @param degenerate whether all predictions are the same, or numbers nearly so, although the labels are not: such a run learnt nothing
 */
public record Evaluation(String metric, Map<String, Double> values, boolean degenerate) {

    public Evaluation {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        if (!values.containsKey(metric)) {
            throw new IllegalArgumentException(
                    "the main metric " + metric + " must be among the values, got " + values.keySet());
        }
    }

    /**
     * Of several development files, at least one: metrics of the first, and those of the others with the file's name, without
     * {@code dev_}, as a suffix: {@code accuracy_mismatched}.
     *
     * @param evaluate measures the file of an index
     */
    public static Evaluation of(List<Path> files, IntFunction<Evaluation> evaluate) {
        Evaluation first = evaluate.apply(0);
        Map<String, Double> values = new LinkedHashMap<>(first.values());
        for (int i = 1; i < files.size(); i++) {
            String suffix = "_" + TaskFolder.baseName(files.get(i)).replaceFirst("^dev_", "");
            evaluate.apply(i).values().forEach((name, value) -> values.put(name + suffix, value));
        }
        return new Evaluation(first.metric(), values, first.degenerate());
    }

    /** The main metric. */
    public double value() {
        return values.get(metric);
    }
}
