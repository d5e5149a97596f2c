package org.jelectra.pretrain;

import java.io.IOException;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.StepFlops;
import org.jelectra.text.Batch;
import org.jelectra.text.BatchOptions;
import org.jelectra.text.BatchSource;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Prefetcher;
import org.jelectra.text.Vocabulary;

/**
 * Pre-trains a model on a packed corpus: the loop around {@link TrainingStep}, with metrics over each interval and evaluations
 * on the held-out part. A run is a function of settings and corpus: the same ones give the same bits.
 */
public final class Pretrainer {

    private static final int BATCHES_AHEAD = 4;

    private final PretrainSettings settings;
    private final PackedCorpus corpus;
    private final Vocabulary vocabulary;
    private final ElectraModel model;
    private final TrainingStep trainingStep;
    private final Evaluator evaluator;

    /** Makes the model and records its steps. Where nothing is held out, nothing is evaluated. */
    public Pretrainer(Backend backend, PretrainSettings settings, PackedCorpus corpus, Vocabulary vocabulary) {
        this.settings = settings;
        this.corpus = corpus;
        this.vocabulary = vocabulary;
        if (vocabulary.size() != settings.model().generator().vocabularySize()) {
            throw new IllegalArgumentException("the model's vocabulary must be that of the text, got sizes "
                    + settings.model().generator().vocabularySize() + " and " + vocabulary.size());
        }
        model = new ElectraModel(backend, settings.model(), settings.seed());
        trainingStep = new TrainingStep(model, settings);
        evaluator = corpus.heldOut().size() == 0 ? null : new Evaluator(model, settings, corpus.heldOut(), vocabulary);
    }

    /** The model, as trained as it is. */
    public ElectraModel model() {
        return model;
    }

    /** The recorded step. */
    public TrainingStep trainingStep() {
        return trainingStep;
    }

    /** Trains to the end; returns the last metrics. */
    public StepMetrics run(PretrainListener listener) throws IOException {
        BatchSource source = new BatchSource(
                corpus.training(),
                new BatchOptions(settings.batchSize(), settings.sequenceLength()),
                settings.masking(),
                vocabulary,
                settings.seed());
        MetricsCollector collector = new MetricsCollector(model.backend(), settings.objective());
        double flopsPerStep =
                StepFlops.training(settings.model(), settings.batchSize(), settings.sequenceLength(), settings.slots());
        StepMetrics last = null;
        long started = System.nanoTime();
        long intervalNanos = 0;
        long intervalTokens = 0;
        int intervalSteps = 0;
        try (Prefetcher batches = new Prefetcher(source, 0, BATCHES_AHEAD)) {
            for (int step = 0; step < settings.steps(); step++) {
                long begin = System.nanoTime();
                Batch batch = batches.next();
                trainingStep.run(batch, step, collector);
                intervalTokens += batch.tokenCount;
                intervalSteps++;
                batches.recycle(batch);
                intervalNanos += System.nanoTime() - begin;
                int done = step + 1;
                boolean end = done == settings.steps();
                boolean evaluates = evaluator != null && (end || done % settings.evaluateEvery() == 0);
                if (end || evaluates || done % settings.logEvery() == 0) {
                    double seconds = intervalNanos * 1e-9;
                    last = new StepMetrics(
                            done,
                            collector.metrics(),
                            trainingStep.gradientNorm(),
                            trainingStep.learningRate(step),
                            intervalTokens / seconds,
                            intervalSteps * flopsPerStep / seconds,
                            (System.nanoTime() - started) * 1e-9,
                            evaluates ? evaluator.run() : null);
                    listener.onMetrics(last);
                    collector.clear();
                    intervalNanos = 0;
                    intervalTokens = 0;
                    intervalSteps = 0;
                }
                listener.onStep(done);
            }
        }
        return last;
    }
}
