package org.jelectra.cli.measure;

import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.finetune.PublishedScores;

/**
 * A training and what came of it, for {@code jelectra flops}.
 *
 * @param kind what the row is
 * @param training what it cost
 * @param development average on GLUE's development sets; null where it is not known
 * @param test average on GLUE's test sets; null where it is not known
 */
record ComputeRow(Kind kind, CountedTraining training, Score development, Score test) {

    /** What follows the name of one whose average flatters it. */
    private static final String BEST = " (best on the development set)";

    /** Where a row comes from. */
    enum Kind {
        RUN,
        /** The mean of runs that differ in the seed alone. */
        SEEDS,
        CONFIGURATION,
        PRESET,
        PUBLISHED
    }

    /**
     * A GLUE average in percent.
     *
     * @param deviation standard deviation over the seeds of the pre-training; NaN of one
     * @param source where it stands
     * @param verified whether it was compared with its source
     * @param keepsBest whether it is of weights chosen by the sets that they are measured on, which flatters
     */
    record Score(double average, double deviation, String source, boolean verified, boolean keepsBest) {}

    /** The training's name as the table and the picture show it. */
    String name() {
        return training.name() + (development != null && development.keepsBest() ? BEST : "");
    }

    /** A model that others trained. */
    static ComputeRow of(CountedTraining model) {
        return new ComputeRow(
                Kind.PUBLISHED,
                model,
                published(model.name(), PublishedScores.DEVELOPMENT),
                published(model.name(), PublishedScores.TEST));
    }

    private static Score published(String model, String set) {
        return PublishedScores.of(model, set)
                .map(row -> new Score(row.average(), Double.NaN, row.source(), row.verified(), false))
                .orElse(null);
    }
}
