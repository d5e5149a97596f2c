package org.jelectra.cli.measure;

import java.io.IOException;
import org.jelectra.cli.pretrain.ModelOptions;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Preset;
import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.text.Vocabulary;
import picocli.CommandLine.Option;

/** Shape and length of a training that is only counted; what is not given comes from the preset. */
final class ComputeOptions {

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            description = "Steps of the training; with --max-flops too, the shorter one counts.")
    private Integer maxSteps;

    @Option(names = "--max-flops", paramLabel = "F", description = "Training FLOPs, such as 1e15: tells what they buy.")
    private Double maxFlops;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a step.")
    private Integer batch;

    @Option(names = "--sequence-length", paramLabel = "N", description = "Tokens of a sequence.")
    private Integer sequenceLength;

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "Tokens of the vocabulary. Default: 30522, those of BERT's uncased one; 1000 for tiny.")
    private Integer vocabularySize;

    /** The row of this training; throws IllegalArgumentException where sizes do not go together. */
    ComputeRow row(ModelOptions model) throws IOException {
        Preset preset = model.preset(null);
        ElectraConfig config = model.config(vocabularySize(preset), null);
        int sequences = positive("--batch", batch, preset.batchSize());
        int length = positive("--sequence-length", sequenceLength, preset.sequenceLength());
        int positions = config.generator().maxPositions();
        if (length > positions) {
            throw new IllegalArgumentException(
                    "--sequence-length must not exceed the model's --positions, got " + length + " and " + positions);
        }
        double steps = positive("--max-steps", maxSteps, preset.steps());
        if (maxFlops != null) {
            double bought = PaperFlops.steps(maxFlops, config, sequences, length);
            steps = maxSteps == null ? bought : Math.min(maxSteps, bought);
        }
        int slots = PretrainSettings.of(preset, config.generator().vocabularySize())
                .masking()
                .maxPredictions(length);
        CountedTraining training =
                CountedTraining.of("these options", config, steps, sequences, length, slots, Double.NaN);
        return new ComputeRow(ComputeRow.Kind.CONFIGURATION, training.withPreset(preset), null, null);
    }

    private int vocabularySize(Preset preset) throws IOException {
        if (vocabularySize != null) {
            return vocabularySize;
        }
        return preset.vocabularySize() > 0
                ? preset.vocabularySize()
                : Vocabulary.bertUncased().size();
    }

    private static int positive(String option, Integer value, int otherwise) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(option + " must be positive, got " + value);
        }
        return value == null ? otherwise : value;
    }
}
