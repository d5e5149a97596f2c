package org.jelectra.finetune;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Readback;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.inference.batch.LengthBuckets;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * One optimizer step of a fine-tuning run: forward and backward pass of every part of the batch, in a recording for batches of about that
 * length, then the update.
 *
 * <p>Steps are {@linkplain #begin begun} one ahead of those whose results have been looked at, so that a device has the next one when
 * it is done with one. A step that diverges stops the updates of those behind it on the device.
 */
final class FineTuningStep {

    /** Is told of every step's loss, in the order of the steps. */
    interface Losses {
        /** @param examples in the step's batch */
        void add(double loss, int examples);
    }

    /** The passes for one length; two of its steps may be in flight. */
    private final class Passes {
        private final TaskGraph graph;
        /** Of the whole batch. */
        private final Tensor loss;

        private final Operation forwardAndBackward;
        private final Flight one;
        private final Flight other;

        Passes(TaskGraph graph) {
            this.graph = graph;
            loss = sum == null ? graph.loss() : sum;
            Operation addLoss = sum == null ? null : backend.add(graph.loss(), sum);
            forwardAndBackward = backend.recorded(() -> {
                graph.program().forward();
                graph.program().backward();
                if (addLoss != null) {
                    addLoss.run();
                }
            });
            one = new Flight(this);
            other = new Flight(this);
        }
    }

    /** A step that has begun, and where its results are taken to. */
    private final class Flight {
        private final Passes passes;
        private final Readback results;
        private int step;
        private int examples;

        Flight(Passes passes) {
            this.passes = passes;
            results = backend.readback(List.of(passes.loss, optimizer.norm()));
        }
    }

    private final Backend backend;
    private final FineTuningTask task;
    private final FineTuneSettings settings;
    private final Losses losses;
    private final Workspace workspace;
    private final Operation clear;
    /** FLOAT32[1]: loss of the parts so far; null where a batch is computed at once. */
    private final Tensor sum;

    private final AdamW optimizer;
    private final LearningRateSchedule schedule;
    private final Map<Integer, Passes> passes = new HashMap<>();
    /** Begun and not looked at; null if there is none. */
    private Flight begun;

    private final float[] loss = new float[1];
    private final float[] norm = new float[1];

    /**
     * Records the step for the longest examples.
     *
     * @param steps of the whole run
     */
    FineTuningStep(FineTuningTask task, FineTuneSettings settings, int steps, Losses losses) {
        EncoderWithHead<?> model = task.model();
        backend = model.backend();
        this.task = task;
        this.settings = settings;
        this.losses = losses;
        workspace = new Workspace(backend);
        sum = settings.microBatches() == 1
                ? null
                : Tensor.of("loss", Shape.of(1), backend.allocate(DType.FLOAT32, 1), 0);
        Operation clearGradients = backend.fill(model.parameters().gradients(), 0);
        clear = sum == null ? clearGradients : Operation.sequence(clearGradients, backend.fill(sum, 0));
        optimizer = new AdamW(
                backend,
                model.parameters().trained(),
                model.parameters().gradients(),
                model.parameters()
                        .segments(
                                (float) settings.weightDecay(),
                                AdamW::decays,
                                model.layerwiseRates(settings.layerDecay(), settings.layerDecayCompatible())),
                AdamW.Options.ELECTRA);
        schedule = new LearningRateSchedule(settings.learningRate(), steps, steps * settings.warmup(), 1);
        int longest = 0;
        for (int i = 0; i < task.size(); i++) {
            longest = Math.max(longest, task.length(i));
        }
        passes(longest); // the largest first: its memory serves the others
    }

    private Passes passes(int tokens) {
        int length = LengthBuckets.length(tokens, settings.maxLength());
        return passes.computeIfAbsent(length, s -> new Passes(task.record(settings.microBatchSize(), s, workspace)));
    }

    /**
     * Begins to learn from a batch, then waits for the step that was begun before, if any, and looks at its results.
     *
     * @param step counts from 0
     * @throws IllegalStateException if loss or gradient of an earlier step are not finite; neither that step nor any later one has
     *     updated anything then (but where a loss overflows whose gradient is finite: then both have), and what has begun behind it is forgotten
     */
    void begin(int[] batch, int step) {
        int longest = 0;
        for (int example : batch) {
            longest = Math.max(longest, task.length(example));
        }
        Passes recorded = passes(longest);
        clear.run();
        // of a batch that is not full, the parts that have an example; all in the length of the whole, whose dropout
        // they have then
        for (int part = 0; part * settings.microBatchSize() < batch.length; part++) {
            recorded.graph.upload(batch, part, settings.seed(), step);
            recorded.forwardAndBackward.run();
        }
        optimizer.measure();
        optimizer.update(schedule.at(step));
        Flight flight = begun == recorded.one ? recorded.other : recorded.one;
        flight.step = step;
        flight.examples = batch.length;
        flight.results.take();
        lookAt(flight);
    }

    /**
     * Waits for the step that has begun, if any, and looks at its results.
     *
     * @throws IllegalStateException as {@link #begin}
     */
    void settle() {
        lookAt(null);
    }

    /** Looks at the results of the step that was begun before; {@code next} has begun behind it, or is null. */
    private void lookAt(Flight next) {
        Flight flight = begun;
        begun = next;
        if (flight == null) {
            return;
        }
        flight.results.read(flight.passes.loss, loss);
        flight.results.read(optimizer.norm(), norm);
        if (!Float.isFinite(loss[0]) || !Float.isFinite(norm[0])) {
            // what was begun behind it has changed nothing, unless the gradient is finite; nobody will look at it
            begun = null;
            optimizer.forgetNorm();
            throw new DivergenceException(
                    "step " + (flight.step + 1) + ": the loss became " + (double) loss[0]
                            + " and the norm of the gradient " + norm[0] + "; try a smaller learning rate",
                    null);
        }
        losses.add(loss[0], flight.examples);
    }

    /** Learning rate of a step, before layer-wise decay. */
    double learningRate(int step) {
        return schedule.at(step);
    }

    /** Global norm of the gradient of the last step that was looked at, before clipping. */
    float gradientNorm() {
        return norm[0];
    }

    /** The optimizer, whose moments belong to the state of a run. */
    AdamW optimizer() {
        return optimizer;
    }
}
