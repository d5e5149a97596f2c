package org.jelectra.finetune.data;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jelectra.finetune.metrics.Metric;

/**
 * What a task's files hold.
 *
 * @param name as people write it: {@code SST-2}
 * @param kind what is predicted
 * @param folders names of its folder below a common one, any case; the first is the official one
 * @param text columns of one text or of a pair
 * @param label column of the label
 * @param labels the classes in the order of their numbers; empty: found in the training file and sorted
 * @param separator what divides the labels of a text that may have several; null where it has one
 * @param scale what regression targets are divided by, so that the model's are in [0, 1]
 * @param metric main metric
 * @param epochs passes over the training set by default
 * @param symmetric whether training pairs are also used the other way round, as the official code does for some tasks
 * @param skipsShortRows whether labelled rows with too few columns are counted and left out; else, and in tests, they are an error
 * @param header whether the files begin with the names of the columns
 * @param train training file, a name without {@code .gz} or {@code .xz}
 * @param development files that are measured; the first decides; none where a part of the training file is held out
 * @param heldOut that part, or null
 * @param tests files without labels, to predict
 */
public record TaskSpec(
        String name,
        Kind kind,
        List<String> folders,
        List<Column> text,
        Column label,
        List<String> labels,
        String separator,
        double scale,
        Metric metric,
        double epochs,
        boolean symmetric,
        boolean skipsShortRows,
        Header header,
        String train,
        List<String> development,
        HeldOut heldOut,
        List<TestFile> tests) {

    /** What is predicted. */
    public enum Kind {
        /** One of several classes for a text. */
        CLASSIFICATION(Metric.ACCURACY, Metric.MATTHEWS, Metric.F1, Metric.MACRO_F1),
        /** Any number of several classes for a text. */
        MULTILABEL(Metric.MICRO_F1, Metric.MACRO_F1),
        /** A number for a text. */
        REGRESSION(Metric.SPEARMAN, Metric.PEARSON),
        /** A tag for every word. */
        TAGGING(Metric.ENTITY_F1, Metric.ACCURACY);

        private final List<Metric> metrics;

        Kind(Metric... metrics) {
            this.metrics = List.of(metrics);
        }

        /** Main metrics that fit, the usual one first. */
        public List<Metric> metrics() {
            return metrics;
        }

        /** Name in files: {@code classification}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether files begin with the names of the columns. */
    public enum Header {
        /** All do. */
        YES,
        /** None does. */
        NO,
        /** Files without labels do, the others do not (CoLA). */
        TESTS_ONLY
    }

    /**
     * A file to predict.
     *
     * @param file its name without {@code .gz} or {@code .xz}
     * @param submission name of GLUE's submission file
     * @param index column with the index of each row, under which its prediction is submitted; null: rows are counted from 0
     */
    public record TestFile(String file, String submission, Column index) {}

    public TaskSpec {
        if (text.isEmpty() || text.size() > 2) {
            throw new IllegalArgumentException("a task has one text column or two, got " + text.size());
        }
        if (development.isEmpty() == (heldOut == null)) {
            throw new IllegalArgumentException(
                    "a task has development files or holds out a part of the training file, got " + development
                            + " and " + heldOut);
        }
        if ((kind == Kind.MULTILABEL) != (separator != null) || separator != null && separator.isBlank()) {
            throw new IllegalArgumentException("a separator of labels is for tasks of kind " + Kind.MULTILABEL
                    + ", and not blank; got " + separator + " for " + kind);
        }
        if (!kind.metrics().contains(metric)) {
            throw new IllegalArgumentException("the metric " + metric.label() + " does not fit a task of kind "
                    + kind.label() + ", which has "
                    + kind.metrics().stream().map(Metric::label).collect(Collectors.joining(", ")));
        }
    }

    /** Whether the model reads pairs. */
    public boolean isPair() {
        return text.size() == 2;
    }
}
