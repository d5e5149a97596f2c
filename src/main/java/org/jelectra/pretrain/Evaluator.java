package org.jelectra.pretrain;

import org.jelectra.backend.Operation;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.text.Batch;
import org.jelectra.text.BatchOptions;
import org.jelectra.text.EvaluationBatches;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.Vocabulary;

/**
 * Measures a model on held-out sequences, without dropout. Text and masks are the same in every evaluation of every run, samples in
 * those of runs with as many sequences in a micro-batch, so that its numbers can be compared.
 */
public final class Evaluator {

    /** Seed of the samples. */
    private static final long SEED = 0;

    private final PretrainingGraph graph;
    private final Operation forward;
    private final MicroBatches rows;
    private final EvaluationBatches batches;
    private final Batch batch;
    private final GraphResults results;
    private final MetricsCollector collector;

    /** Records an evaluation on the first {@code settings.evaluationSequences()} of the sequences. */
    public Evaluator(ElectraModel model, PretrainSettings settings, PackedSequences heldOut, Vocabulary vocabulary) {
        int batchSize = settings.batchSize() / settings.microBatches();
        graph = record(model, settings);
        forward = model.backend().recorded(graph.program()::forward);
        rows = new MicroBatches(batchSize, settings.slots());
        batches = new EvaluationBatches(
                heldOut,
                settings.evaluationSequences(),
                new BatchOptions(batchSize, settings.sequenceLength()),
                settings.masking(),
                vocabulary);
        batch = batches.newBatch();
        results = new GraphResults(model.backend(), graph);
        collector = new MetricsCollector(settings.objective());
    }

    /** The recording of a batch: all memory that evaluations take on the backend. */
    static PretrainingGraph record(ElectraModel model, PretrainSettings settings) {
        PretrainingInputs inputs = new PretrainingInputs(
                model.backend(),
                settings.batchSize() / settings.microBatches(),
                settings.sequenceLength(),
                settings.slots());
        return new PretrainingGraph(model, inputs, settings.objective(), PretrainingGraph.Mode.EVALUATION);
    }

    /** The metrics of the model as it is now. */
    public ModelMetrics run() {
        collector.clear();
        for (int i = 0; i < batches.batches(); i++) {
            batches.fill(i, batch);
            rows.set(batch, 0, graph.inputs());
            graph.inputs().upload(SEED, i, 0);
            forward.run();
            results.take(true);
            collector.add(results, batch, 0);
        }
        return collector.metrics();
    }
}
