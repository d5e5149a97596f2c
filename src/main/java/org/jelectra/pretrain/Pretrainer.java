package org.jelectra.pretrain;

import java.io.IOException;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.io.Interruption;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.BatchOptions;
import org.jelectra.text.batch.BatchSource;
import org.jelectra.text.batch.DataCursor;
import org.jelectra.text.batch.Prefetcher;

/**
 * Pre-trains a model on a packed corpus: the loop around {@link TrainingStep}, with metrics over each interval and evaluations
 * on the held-out part. A run is a function of settings and corpus: the same ones give the same bits, also where the run is
 * interrupted and resumed from a {@link Snapshot} any number of times.
 */
public final class Pretrainer {

    private static final int BATCHES_AHEAD = 4;

    private final PretrainSettings settings;
    private final PackedCorpus corpus;
    private final Vocabulary vocabulary;
    private final DataFingerprint fingerprint;
    private final ElectraModel model;
    private final TrainingStep trainingStep;
    private final Evaluator evaluator;
    private final IntervalMetrics interval;
    private SilentDiscriminator silentDiscriminator;
    private int step;
    private DataCursor cursor = DataCursor.START;
    private double elapsedBefore;
    private long started;
    private boolean running;

    /**
     * Makes the model and records its steps. Where nothing is held out, nothing is evaluated.
     *
     * @throws GpuOutOfMemoryException where the device has too little memory; the message tells what the run needs, by part
     */
    public Pretrainer(Backend backend, PretrainSettings settings, PackedCorpus corpus, Vocabulary vocabulary) {
        this.settings = settings;
        this.corpus = corpus;
        this.vocabulary = vocabulary;
        if (vocabulary.size() != settings.model().generator().vocabularySize()) {
            throw new IllegalArgumentException("the model's vocabulary must be that of the text, got sizes "
                    + settings.model().generator().vocabularySize() + " and " + vocabulary.size());
        }
        fingerprint = DataFingerprint.of(corpus, vocabulary);
        try {
            model = new ElectraModel(backend, settings.model(), settings.seed());
            trainingStep = new TrainingStep(model, settings);
            evaluator =
                    corpus.heldOut().size() == 0 ? null : new Evaluator(model, settings, corpus.heldOut(), vocabulary);
            interval = new IntervalMetrics(settings);
        } catch (GpuOutOfMemoryException e) {
            throw withNeed(e, backend);
        }
        silentDiscriminator = new SilentDiscriminator(settings.warmupSteps());
    }

    private GpuOutOfMemoryException withNeed(GpuOutOfMemoryException failure, Backend backend) {
        boolean evaluates = corpus.heldOut().size() > 0;
        return new GpuOutOfMemoryException(
                failure,
                "the run needs " + MemoryNeed.of(settings, backend, evaluates)
                        + "; more micro-batches, a smaller batch, shorter sequences or bf16 need less");
    }

    /** The model, as trained as it is. */
    public ElectraModel model() {
        return model;
    }

    /** The recorded step. */
    public TrainingStep trainingStep() {
        return trainingStep;
    }

    /** What determines the run. */
    public PretrainSettings settings() {
        return settings;
    }

    /** What the text is recognised by. */
    public DataFingerprint fingerprint() {
        return fingerprint;
    }

    /** Steps done. */
    public int step() {
        return step;
    }

    /** Seconds of training so far, those before an interruption included. */
    public double elapsedSeconds() {
        return running ? elapsedBefore + (System.nanoTime() - started) * 1e-9 : elapsedBefore;
    }

    /**
     * The metrics of the model as it is on the held-out text; null where nothing is held out. Changes nothing in the run.
     *
     * @throws GpuOutOfMemoryException as the constructor, for what the driver itself needs
     */
    public ModelMetrics evaluate() {
        try {
            return evaluator == null ? null : evaluator.run();
        } catch (GpuOutOfMemoryException e) {
            throw withNeed(e, model.backend());
        }
    }

    /**
     * What would be logged of the last step, of a run that ended where nothing was due: the metrics of the steps since they were last
     * logged, and an evaluation. Changes nothing in the run, whose next logged metrics count these steps too.
     *
     * @throws IllegalStateException if there was no step since metrics were last logged
     * @throws GpuOutOfMemoryException as the constructor, for what the driver itself needs
     */
    public StepMetrics unlogged() {
        if (interval.isEmpty()) {
            throw new IllegalStateException(
                    "expected a step since metrics were last logged, found none after step " + step);
        }
        settle();
        try {
            return soFar(evaluator != null);
        } catch (GpuOutOfMemoryException e) {
            throw withNeed(e, model.backend());
        }
    }

    private StepMetrics soFar(boolean evaluates) {
        return interval.soFar(
                step,
                trainingStep.gradientNorm(),
                trainingStep.learningRate(step - 1),
                elapsedSeconds(),
                evaluates ? evaluator.run() : null);
    }

    /**
     * Trains to the end, or until the listener ends the run or somebody interrupts the thread, which ends it after the step that was begun;
     * the thread counts as interrupted again afterwards. A further call goes on.
     *
     * @return the last metrics that were logged by this call, null if there were none
     * @throws TrainingDivergedException if loss or gradient is not finite; the weights are then those before that step (but where a
     *     loss overflows whose gradient is finite)
     */
    public StepMetrics run(PretrainListener listener) throws IOException {
        try (Interruption interruption = new Interruption()) {
            StepMetrics last = run(listener, interruption);
            listener.onEnd(step);
            return last;
        }
    }

    private StepMetrics run(PretrainListener listener, Interruption interruption) throws IOException {
        StepMetrics last = null;
        started = System.nanoTime();
        running = true;
        BatchSource source = source();
        try (Prefetcher batches = new Prefetcher(source, step, BATCHES_AHEAD)) {
            // a resumed run may have reached its end already
            boolean goesOn = step == 0 || !listener.endsAfter(step);
            while (goesOn && !interruption.noted() && step < settings.steps()) {
                train(batches);
                cursor = source.cursor(step);
                boolean end = step == settings.steps();
                boolean evaluates = evaluator != null && (end || step % settings.evaluateEvery() == 0);
                if (end || evaluates || step % settings.logEvery() == 0) {
                    settle();
                    silentDiscriminator.check(
                            step, interval.collector().confusion(), trainingStep.learningRate(step - 1), listener);
                    last = soFar(evaluates);
                    interval.clear();
                    interruption.noted(); // the listener writes files
                    listener.onMetrics(last);
                }
                listener.onStep(step);
                goesOn = !listener.endsAfter(step);
            }
            settle();
        } catch (GpuOutOfMemoryException e) {
            // the driver's own needs, such as a graph
            throw withNeed(e, model.backend());
        } finally {
            elapsedBefore = elapsedSeconds();
            running = false;
        }
        return last;
    }

    private void train(Prefetcher batches) {
        long begin = System.nanoTime();
        Batch batch = batches.next();
        int tokens = batch.tokenCount;
        trainingStep.begin(batch, step, interval.collector(), interval.takesPredictions(), batches::recycle);
        interval.addStep(System.nanoTime() - begin, tokens);
        step++;
    }

    /** Waits for all steps so far. */
    private void settle() {
        long begin = System.nanoTime();
        trainingStep.settle();
        interval.addWait(System.nanoTime() - begin);
    }

    private BatchSource source() {
        return new BatchSource(
                corpus.training(),
                new BatchOptions(settings.batchSize(), settings.sequenceLength()),
                settings.masking(),
                vocabulary,
                settings.seed(),
                step,
                cursor);
    }

    /** Where the run stands; between steps only. */
    RunState state() {
        settle();
        return new RunState(step, cursor, elapsedSeconds(), interval.state());
    }

    /** Takes up another run's state; weights, moments and predictions are restored by {@link Snapshot}. */
    void restore(RunState state) {
        step = state.step();
        cursor = state.cursor();
        elapsedBefore = state.elapsedSeconds();
        interval.restore(state.interval());
        silentDiscriminator = new SilentDiscriminator(Math.max(settings.warmupSteps(), step));
    }

    /** Discriminator's predictions since metrics were last logged. */
    BinaryMetrics predictions() {
        return interval.collector().predictions();
    }
}
