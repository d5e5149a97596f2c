package org.jelectra.pretrain;

import java.util.function.IntConsumer;
import org.jelectra.backend.Operation;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.BatchOptions;
import org.jelectra.text.batch.EvaluationBatches;

/**
 * Measures a model on held-out sequences, without dropout. Text, masks and the random numbers of the samples are the same in every
 * evaluation of every run with the same seed, masking and temperature, whatever its batch size, so that its numbers can be compared;
 * those of runs with another share of masks, or another temperature, cannot. The order of the sums is not the same: with another batch
 * size they differ by rounding.
 */
public final class Evaluator {

    private final long seed;
    private final PretrainingGraph graph;
    private final Operation forward;
    private final MicroBatches rows;
    private final EvaluationBatches batches;
    private final Batch batch;
    private final GraphResults results;
    private final MetricsCollector collector;

    /** Records an evaluation on {@code settings.evaluationSequences()} of the sequences, evenly spaced, or all. */
    Evaluator(ElectraModel model, PretrainSettings settings, PackedSequences heldOut, Vocabulary vocabulary) {
        this(model, settings, heldOut, vocabulary, EvaluationBatches.FIXED_SEED);
    }

    /**
     * The same on any text.
     *
     * @param settings of which masking, losses, objective and length count, and how many sequences are measured, and at once
     * @param heldOut packed to the length of the settings
     * @param vocabulary of the model and of the text
     * @param seed of masks and samples: {@link EvaluationBatches#FIXED_SEED} in a training's own evaluations
     */
    public Evaluator(
            ElectraModel model, PretrainSettings settings, PackedSequences heldOut, Vocabulary vocabulary, long seed) {
        this.seed = seed;
        int batchSize = settings.batchSize() / settings.microBatches();
        graph = record(model, settings);
        forward = model.backend().recorded(graph.program()::forward);
        rows = new MicroBatches(batchSize, settings.slots());
        batches = new EvaluationBatches(
                heldOut,
                settings.evaluationSequences(),
                new BatchOptions(batchSize, settings.sequenceLength()),
                settings.masking(),
                vocabulary,
                seed);
        batch = batches.newBatch();
        results = new GraphResults(model.backend(), graph);
        collector = new MetricsCollector(settings);
    }

    /** The recording of a batch: all memory that evaluations take on the backend. */
    static PretrainingGraph record(ElectraModel model, PretrainSettings settings) {
        PretrainingInputs inputs = new PretrainingInputs(
                model.backend(),
                settings.batchSize() / settings.microBatches(),
                settings.sequenceLength(),
                settings.slots(),
                settings.model().objective());
        return new PretrainingGraph(model, inputs, settings.losses(), PretrainingGraph.Mode.EVALUATION);
    }

    /** Number of batches of an evaluation. */
    public int batches() {
        return batches.batches();
    }

    /** The metrics of the model as it is now. */
    ModelMetrics run() {
        return run(begun -> {});
    }

    /** @param progress is told how many batches have begun, each time that one does */
    public ModelMetrics run(IntConsumer progress) {
        collector.clear();
        for (int i = 0; i < batches.batches(); i++) {
            progress.accept(i + 1);
            batches.fill(i, batch);
            rows.set(batch, 0, graph.inputs());
            // as parts of one batch, in which a sequence's random numbers do not depend on where it is cut
            graph.inputs().upload(seed, 0, i);
            forward.run();
            results.take(true);
            collector.add(results, batch, 0);
        }
        return collector.metrics();
    }
}
