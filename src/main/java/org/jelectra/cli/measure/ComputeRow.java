package org.jelectra.cli.measure;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.electra.flops.ParameterCounts;
import org.jelectra.electra.flops.PublishedModel;
import org.jelectra.electra.flops.StepFlops;
import org.jelectra.finetune.PublishedScores;

/**
 * A training and what it cost, for {@code jelectra flops}. Values that are not known are NaN or null.
 *
 * @param name of the model
 * @param kind what the row is
 * @param preset name of the preset that trains it; null where there is none
 * @param parameters weights of the network that is kept
 * @param trained all weights that are trained
 * @param steps of the training
 * @param batch sequences of a step
 * @param length tokens of a sequence
 * @param training FLOPs of the training by the paper's count
 * @param printed the same as the paper prints it
 * @param forward FLOPs of one sequence of {@link PaperFlops#FORWARD_LENGTH} tokens by the paper's count
 * @param products FLOPs of the training that jelectra does in matrix products
 * @param development average on GLUE's development sets
 * @param test average on GLUE's test sets
 * @param note what to know about the row; empty mostly
 */
record ComputeRow(
        String name,
        Kind kind,
        String preset,
        double parameters,
        double trained,
        double steps,
        int batch,
        int length,
        double training,
        double printed,
        double forward,
        double products,
        Score development,
        Score test,
        String note) {

    /** Where a row comes from. */
    enum Kind {
        RUN,
        CONFIGURATION,
        PRESET,
        PUBLISHED
    }

    /**
     * A GLUE average in percent.
     *
     * @param source where it stands
     * @param verified whether it was compared with its source
     */
    record Score(double average, String source, boolean verified) {}

    /** A model that others trained. */
    static ComputeRow of(PublishedModel model) {
        ElectraConfig config = model.config();
        return new ComputeRow(
                model.name(),
                Kind.PUBLISHED,
                model.preset() == null ? null : model.preset().label(),
                model.parameters(),
                config == null ? Double.NaN : ParameterCounts.trained(config),
                model.steps(),
                model.batch(),
                model.length(),
                model.trainingFlops(),
                model.printedFlops(),
                model.forwardFlops(),
                model.matrixProducts(),
                published(model.name(), PublishedScores.DEVELOPMENT),
                published(model.name(), PublishedScores.TEST),
                model.note());
    }

    private static Score published(String model, String set) {
        return PublishedScores.of(model, set)
                .map(row -> new Score(row.average(), row.source(), row.verified()))
                .orElse(null);
    }

    /** A training by jelectra, with {@code slots} masked positions in a sequence. */
    static ComputeRow of(
            String name,
            Kind kind,
            String preset,
            ElectraConfig config,
            double steps,
            int batch,
            int length,
            int slots) {
        return new ComputeRow(
                name,
                kind,
                preset,
                ParameterCounts.kept(config),
                ParameterCounts.trained(config),
                steps,
                batch,
                length,
                PaperFlops.training(config, batch, length, steps),
                Double.NaN,
                PaperFlops.forward(config),
                steps * StepFlops.training(config, batch, length, slots),
                null,
                null,
                "");
    }

    /** The same with a score, null where there is none, and a note. */
    ComputeRow with(Score glue, String newNote) {
        return new ComputeRow(
                name,
                kind,
                preset,
                parameters,
                trained,
                steps,
                batch,
                length,
                training,
                printed,
                forward,
                products,
                glue,
                test,
                newNote);
    }
}
