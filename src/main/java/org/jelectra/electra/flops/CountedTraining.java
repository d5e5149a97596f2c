package org.jelectra.electra.flops;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Preset;

/**
 * A training, of a model that others published or of jelectra's own, and what it cost by the paper's conventions. Values that are not
 * known are NaN.
 *
 * @param name of the model
 * @param preset the preset that trains the same model on as many tokens; null where there is none
 * @param config sizes, where jelectra can train such a model; else null
 * @param parameters weights of the network that is kept; of a config counted, else as published
 * @param steps of the training
 * @param batch sequences of a step
 * @param length tokens of a sequence
 * @param trainingFlops of the whole training
 * @param printedFlops the same as the paper prints it
 * @param forwardFlops of one sequence of {@link PaperFlops#FORWARD_LENGTH} tokens
 * @param matrixProducts FLOPs of the same training in matrix products as jelectra does it, see {@link StepFlops}
 * @param note what to know about the row; empty mostly
 */
public record CountedTraining(
        String name,
        Preset preset,
        ElectraConfig config,
        double parameters,
        double steps,
        int batch,
        int length,
        double trainingFlops,
        double printedFlops,
        double forwardFlops,
        double matrixProducts,
        String note) {

    /** One that jelectra can train, with {@code slots} masked positions in a sequence. */
    public static CountedTraining of(
            String name, ElectraConfig config, double steps, int batch, int length, int slots, double printedFlops) {
        return new CountedTraining(
                name,
                null,
                config,
                ParameterCounts.kept(config),
                steps,
                batch,
                length,
                PaperFlops.training(config, batch, length, steps),
                printedFlops,
                PaperFlops.forward(config),
                steps * StepFlops.training(config, batch, length, slots),
                "");
    }

    /** A masked-language model, or one that predicts the next word, of other sizes or another kind than jelectra's. */
    static CountedTraining of(
            String name, EncoderFlops sizes, double parameters, double steps, int batch, double printedFlops) {
        return new CountedTraining(
                name,
                null,
                null,
                parameters,
                steps,
                batch,
                Math.toIntExact(sizes.length()),
                2.0 * batch * steps * sizes.maskedLanguageModel(),
                printedFlops,
                sizes.with(PaperFlops.FORWARD_LENGTH, 0).discriminator(),
                Double.NaN,
                "");
    }

    /** The same by a preset. */
    public CountedTraining withPreset(Preset newPreset) {
        return with(name, newPreset, note);
    }

    /** The same with a note. */
    public CountedTraining withNote(String newNote) {
        return with(name, preset, newNote);
    }

    /** The same of another name. */
    public CountedTraining withName(String newName) {
        return with(newName, preset, note);
    }

    private CountedTraining with(String newName, Preset newPreset, String newNote) {
        return new CountedTraining(
                newName,
                newPreset,
                config,
                parameters,
                steps,
                batch,
                length,
                trainingFlops,
                printedFlops,
                forwardFlops,
                matrixProducts,
                newNote);
    }

    /** All weights that are trained; NaN where that is not known. */
    public double trained() {
        return config == null ? Double.NaN : ParameterCounts.trained(config);
    }
}
