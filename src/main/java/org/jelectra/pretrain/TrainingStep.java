package org.jelectra.pretrain;

import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Batch;

/**
 * One optimizer step: forward and backward of every micro-batch, then the update. Nothing is allocated once it runs (metrics
 * aside).
 */
public final class TrainingStep {

    private final ElectraModel model;
    private final PretrainSettings settings;
    private final PretrainingGraph graph;
    private final MicroBatches microBatches;
    private final Operation clearGradients;
    private final Operation forwardAndBackward;
    private final AdamW optimizer;
    private final LearningRateSchedule schedule;

    /** Records the step for a model. */
    public TrainingStep(ElectraModel model, PretrainSettings settings) {
        this.model = model;
        this.settings = settings;
        Backend backend = model.backend();
        int rows = settings.batchSize() / settings.microBatches();
        PretrainingInputs inputs = new PretrainingInputs(backend, rows, settings.sequenceLength(), settings.slots());
        graph = new PretrainingGraph(model, inputs, settings.objective(), PretrainingGraph.Mode.TRAINING);
        microBatches = new MicroBatches(rows, settings.slots());
        forwardAndBackward = backend.recorded(() -> {
            graph.program().forward();
            graph.program().backward();
        });
        clearGradients = backend.fill(model.parameters().gradients(), 0);
        optimizer = new AdamW(
                backend,
                model.parameters().values(),
                model.parameters().gradients(),
                model.parameters().segments((float) settings.weightDecay(), AdamW::decays, parameter -> 1),
                AdamW.Options.ELECTRA);
        schedule = new LearningRateSchedule(settings.learningRate(), settings.steps(), settings.warmupSteps(), 1);
    }

    /**
     * Learns from a batch; {@code step} counts from 0.
     *
     * @throws TrainingDivergedException if the gradient is not finite; nothing is updated then
     */
    public void run(Batch batch, int step) {
        run(batch, step, null);
    }

    /** As {@link #run(Batch, int)}; {@code collector} may be null. */
    void run(Batch batch, int step, MetricsCollector collector) {
        clearGradients.run();
        double loss = 0;
        for (int part = 0; part < settings.microBatches(); part++) {
            prepare(batch, step, part);
            forwardAndBackward.run();
            if (collector != null) {
                loss += collector.add(graph, batch, part * graph.inputs().batch());
            }
        }
        if (!Double.isFinite(loss)) {
            throw diverged(batch, step, "the loss became " + loss);
        }
        float norm = optimizer.measure();
        if (!Float.isFinite(norm)) {
            throw diverged(batch, step, "the norm of the gradient became " + norm);
        }
        optimizer.update(schedule.at(step));
    }

    /** The work of {@link #run(Batch, int)} one operation at a time, each followed by a look of an inspector that lets all run. */
    public void inspect(Batch batch, int step, Program.Inspector inspector) {
        List<Tensor> gradients = List.of(model.parameters().gradients());
        clearGradients.run();
        inspector.inspect("clearGradients", gradients);
        for (int part = 0; part < settings.microBatches(); part++) {
            prepare(batch, step, part);
            inspector.inspect("uploadBatch", List.of());
            graph.program().forward(inspector);
            graph.program().backward(inspector);
        }
        float norm = optimizer.measure();
        inspector.inspect("globalNorm", gradients);
        if (!Float.isFinite(norm)) {
            throw diverged(batch, step, "the norm of the gradient became " + norm);
        }
        optimizer.update(schedule.at(step));
        inspector.inspect("adamW", gradients);
    }

    private TrainingDivergedException diverged(Batch batch, int step, String what) {
        NonFiniteFinder finder = new NonFiniteFinder(model);
        boolean weightsAreFinite = finder.weightsAreFinite();
        String tensor = weightsAreFinite ? firstNonFinite(finder, batch, step) : finder.found();
        return new TrainingDivergedException(step + 1, what, tensor, weightsAreFinite, batch.sequences);
    }

    /** Repeats the step's passes one operation at a time. */
    private String firstNonFinite(NonFiniteFinder finder, Batch batch, int step) {
        clearGradients.run();
        for (int part = 0; part < settings.microBatches(); part++) {
            prepare(batch, step, part);
            if (!graph.program().forward(finder) || !graph.program().backward(finder)) {
                return finder.found();
            }
        }
        return "the sum over all gradients, each of which is finite";
    }

    private void prepare(Batch batch, int step, int part) {
        microBatches.upload(batch, part, graph.inputs());
        graph.inputs().uploadClock(settings.seed(), step, part);
    }

    /** Learning rate of a step. */
    public double learningRate(int step) {
        return schedule.at(step);
    }

    /** Global norm of the last step's gradient, before clipping. */
    public double gradientNorm() {
        return optimizer.gradientNorm();
    }

    /** The optimiser, whose moments belong to the state of a training. */
    public AdamW optimizer() {
        return optimizer;
    }

    /** The recorded graph of one micro-batch. */
    public PretrainingGraph graph() {
        return graph;
    }
}
