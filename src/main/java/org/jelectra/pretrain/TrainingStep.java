package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jelectra.autograd.Program;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Readback;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.batch.Batch;

/**
 * One optimizer step: forward and backward of every micro-batch, then the update. Nothing is allocated once it runs (metrics
 * aside).
 *
 * <p>Steps may be {@linkplain #begin begun} one ahead of those whose results have been looked at, so that a device has the next one
 * when it is done with one. A step that diverges stops the updates of those behind it on the device.
 */
public final class TrainingStep {

    /** A step that has begun: where its results are taken to, and who is told of them. */
    private static final class Flight {
        private final List<GraphResults> parts = new ArrayList<>();
        private final Readback norm;
        private Batch batch;
        private int step;
        private MetricsCollector collector;
        private Consumer<Batch> done;

        Flight(Backend backend, PretrainingGraph graph, AdamW optimizer, int microBatches) {
            norm = optimizer.normReadback();
            for (int part = 0; part < microBatches; part++) {
                parts.add(new GraphResults(backend, graph));
            }
        }
    }

    private final ElectraModel model;
    private final PretrainSettings settings;
    private final PretrainingGraph graph;
    private final MicroBatches microBatches;
    private final Operation clearGradients;
    private final Operation forwardAndBackward;
    private final AdamW optimizer;
    private final LearningRateSchedule schedule;
    private final Flight one;
    private final Flight other;
    private final float[] norm = new float[1];
    /** Of steps whose metrics nobody asked for. */
    private final MetricsCollector unread;
    /** Begun and not looked at; null if there is none. */
    private Flight begun;

    /**
     * Records the step for a model.
     *
     * @throws IllegalArgumentException if the model was read to be used and not trained ({@code ModelFiles.load})
     */
    public TrainingStep(ElectraModel model, PretrainSettings settings) {
        if (model.parameters().gradients() == null) {
            throw new IllegalArgumentException("expected a model that can be trained, got one that was read to be used;"
                    + " InitialWeights.load reads weights into a new one");
        }
        this.model = model;
        this.settings = settings;
        Backend backend = model.backend();
        int rows = settings.batchSize() / settings.microBatches();
        PretrainingInputs inputs = new PretrainingInputs(
                backend,
                rows,
                settings.sequenceLength(),
                settings.slots(),
                settings.model().objective());
        graph = new PretrainingGraph(model, inputs, settings.losses(), PretrainingGraph.Mode.TRAINING);
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
                model.parameters()
                        .segments((float) settings.weightDecay(), AdamW::decays, name -> model.trains(name) ? 1 : 0),
                AdamW.Options.ELECTRA);
        schedule = new LearningRateSchedule(settings.learningRate(), settings.steps(), settings.warmupSteps(), 1);
        unread = new MetricsCollector(settings);
        one = new Flight(backend, graph, optimizer, settings.microBatches());
        other = new Flight(backend, graph, optimizer, settings.microBatches());
    }

    /**
     * Learns from a batch, and waits for the end; {@code step} counts from 0.
     *
     * @throws TrainingDivergedException if the gradient is not finite; nothing is updated then
     */
    public void run(Batch batch, int step) {
        run(batch, step, null);
    }

    /** As {@link #run(Batch, int)}; {@code collector} may be null. */
    void run(Batch batch, int step, MetricsCollector collector) {
        begin(batch, step, collector, true, used -> {});
        settle();
    }

    /**
     * Begins to learn from a batch, as {@link #run(Batch, int)}, and waits for the step that was begun before, if any. Its losses and
     * counts are taken to the host, as in training.
     */
    public void begin(Batch batch, int step) {
        begin(batch, step, unread, false, used -> {});
    }

    /**
     * Begins to learn from a batch, then waits for the step that was begun before, if any, and looks at its results.
     *
     * @param collector takes what the step computes, later; may be null
     * @param predictions whether it takes every prediction of the discriminator, too
     * @param done takes the batch, which must not change before
     * @throws TrainingDivergedException if loss or gradient of an earlier step are not finite; neither that step nor any later one has
     *     updated anything then (but where a loss overflows whose gradient is finite: then both have), and none is in flight any more
     */
    void begin(Batch batch, int step, MetricsCollector collector, boolean predictions, Consumer<Batch> done) {
        Flight flight = begun == one ? other : one;
        flight.batch = batch;
        flight.step = step;
        flight.collector = collector;
        flight.done = done;
        clearGradients.run();
        for (int part = 0; part < settings.microBatches(); part++) {
            prepare(batch, step, part);
            forwardAndBackward.run();
            if (collector != null) {
                flight.parts.get(part).take(predictions);
            }
        }
        optimizer.measure();
        optimizer.update(schedule.at(step));
        flight.norm.take();
        lookAt(flight);
    }

    /**
     * Waits for the step that has begun, if any, and looks at its results.
     *
     * @throws TrainingDivergedException as {@link #begin}
     */
    public void settle() {
        lookAt(null);
    }

    /** Looks at the results of the step that was begun before; {@code next} has begun behind it, or is null. */
    private void lookAt(Flight next) {
        Flight flight = begun;
        begun = next;
        if (flight == null) {
            return;
        }
        double loss = 0;
        if (flight.collector != null) {
            for (int part = 0; part < settings.microBatches(); part++) {
                loss += flight.collector.add(
                        flight.parts.get(part),
                        flight.batch,
                        part * graph.inputs().batch());
            }
        }
        flight.norm.read(optimizer.norm(), norm);
        if (!Double.isFinite(loss)) {
            throw diverged(flight.batch, flight.step, "the loss became " + loss);
        }
        if (!Float.isFinite(norm[0])) {
            throw diverged(flight.batch, flight.step, "the norm of the gradient became " + norm[0]);
        }
        flight.done.accept(flight.batch);
    }

    /** The work of {@link #run(Batch, int)} one operation at a time, each followed by a look of an inspector that lets all run. */
    public void inspect(Batch batch, int step, Program.Inspector inspector) {
        settle();
        List<Tensor> gradients = List.of(model.parameters().gradients());
        clearGradients.run();
        inspector.inspect("clearGradients", gradients);
        for (int part = 0; part < settings.microBatches(); part++) {
            prepare(batch, step, part);
            inspector.inspect("uploadBatch", List.of());
            graph.program().forward(inspector);
            graph.program().backward(inspector);
        }
        optimizer.measure();
        inspector.inspect("globalNorm", gradients);
        float measured = optimizer.gradientNorm();
        if (!Float.isFinite(measured)) {
            throw diverged(batch, step, "the norm of the gradient became " + measured);
        }
        optimizer.update(schedule.at(step));
        inspector.inspect("adamW", gradients);
    }

    private TrainingDivergedException diverged(Batch batch, int step, String what) {
        begun = null; // it has changed nothing
        optimizer.forgetNorm();
        NonFiniteFinder finder = new NonFiniteFinder(model, graph.program()::columns);
        boolean weightsAreFinite = finder.weightsAreFinite();
        String tensor = weightsAreFinite ? firstNonFinite(finder, batch, step) : finder.found();
        return new TrainingDivergedException(
                step + 1, what, tensor, finder.weights(), weightsAreFinite, batch.sequences);
    }

    /** Repeats the step's passes one operation at a time; null where all is finite this time. */
    private String firstNonFinite(NonFiniteFinder finder, Batch batch, int step) {
        clearGradients.run();
        for (int part = 0; part < settings.microBatches(); part++) {
            prepare(batch, step, part);
            if (!graph.program().forward(finder) || !graph.program().backward(finder)) {
                return finder.found();
            }
        }
        optimizer.measure();
        boolean again = !Float.isFinite(optimizer.gradientNorm());
        optimizer.forgetNorm();
        return again ? "the sum over all gradients, each of which is finite" : null;
    }

    private void prepare(Batch batch, int step, int part) {
        microBatches.set(batch, part, graph.inputs());
        graph.inputs().upload(settings.seed(), step, part);
    }

    /** Learning rate of a step. */
    public double learningRate(int step) {
        return schedule.at(step);
    }

    /** Global norm of the gradient of the last step that was looked at, before clipping. */
    public double gradientNorm() {
        return norm[0];
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
