package org.jelectra.finetune;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;

/**
 * Trains a model on a task: batches of similar length, the official AdamW with layer-wise learning rates, warm-up and linear
 * decay, and evaluations along the way. Everything random is a function of the seed, the epoch and the step, so a run that is
 * taken up from its weights, moments and {@link RunState} goes on bit for bit.
 */
public final class FineTuner {

    private static final int REPORTS = 100;

    private final EncoderWithHead<?> model;
    private final FineTuningTask task;
    private final FineTuneSettings settings;
    private final int steps;
    private final int stepsPerEpoch;
    private final Workspace workspace;
    private final Map<Integer, TaskGraph> graphs = new HashMap<>();
    private final Operation clearGradients;
    private final AdamW optimizer;
    private final LearningRateSchedule schedule;
    private final float[] scalar = new float[1];
    private int plannedEpoch = -1;
    private List<int[]> plan;
    private RunState state = RunState.BEGINNING;
    private int firstStep;
    private long reportTokens;

    /** A run at its beginning; the model's weights are as the caller loaded them. */
    public FineTuner(EncoderWithHead<?> model, FineTuningTask task, FineTuneSettings settings) {
        if (task.size() == 0) {
            throw new IllegalArgumentException("there is no training example");
        }
        this.model = model;
        this.task = task;
        this.settings = settings;
        steps = settings.steps(task.size());
        stepsPerEpoch = settings.stepsPerEpoch(task.size());
        Backend backend = model.backend();
        workspace = new Workspace(backend);
        clearGradients = backend.fill(model.parameters().gradients(), 0);
        optimizer = new AdamW(
                backend,
                model.parameters().values(),
                model.parameters().gradients(),
                model.parameters()
                        .segments(
                                (float) settings.weightDecay(),
                                AdamW::decays,
                                model.layerwiseRates(settings.layerDecay())),
                AdamW.Options.ELECTRA);
        schedule = new LearningRateSchedule(settings.learningRate(), steps, steps * settings.warmup(), 1);
        int longest = 0;
        for (int i = 0; i < task.size(); i++) {
            longest = Math.max(longest, task.length(i));
        }
        graph(longest); // the largest first: its memory serves the others
    }

    /**
     * Trains to the end, or until the listener says stop.
     *
     * @throws IllegalStateException if loss or gradient are not finite; the weights are then those before the step
     */
    public void run(FineTuneListener listener) throws IOException {
        long began = System.nanoTime();
        long reported = began;
        double before = state.elapsedSeconds();
        reportTokens = 0;
        boolean goOn = true;
        while (goOn && state.step() < steps) {
            int step = state.step();
            int[] batch = batch(step);
            double loss = train(batch, step) * (settings.reduction() == Reduction.MEAN ? batch.length : 1);
            long now = System.nanoTime();
            double elapsed = before + (now - began) * 1e-9;
            state = new RunState(step + 1, state.lossSum() + loss, state.examples() + batch.length, elapsed);
            boolean evaluate = evaluatesAfter(step + 1);
            if (evaluate || (step + 1) % Math.max(1, steps / REPORTS) == 0) {
                Evaluation evaluation = evaluate ? task.evaluate() : null;
                double perExample = state.lossSum() / state.examples();
                double rate = reportTokens / Math.max(1e-9, (now - reported) * 1e-9);
                StepReport report = new StepReport(
                        step + 1,
                        (double) (step + 1) / stepsPerEpoch,
                        perExample,
                        optimizer.gradientNorm(),
                        schedule.at(step),
                        rate,
                        elapsed,
                        evaluation);
                state = new RunState(step + 1, 0, 0, elapsed);
                reportTokens = 0;
                listener.onReport(report);
                reported = System.nanoTime();
            }
            goOn = listener.onStep(step + 1);
        }
    }

    private double train(int[] batch, int step) {
        int longest = 0;
        for (int example : batch) {
            longest = Math.max(longest, task.length(example));
            reportTokens += task.length(example);
        }
        TaskGraph graph = graph(longest);
        graph.upload(batch);
        graph.inputs().uploadClock(settings.seed(), step);
        clearGradients.run();
        graph.program().forward();
        graph.program().backward();
        model.backend().download(graph.loss(), scalar, 0);
        double loss = scalar[0];
        optimizer.measure();
        float norm = optimizer.gradientNorm();
        if (!Double.isFinite(loss) || !Float.isFinite(norm)) {
            throw new IllegalStateException("step " + (step + 1) + ": the loss became " + loss
                    + " and the norm of the gradient " + norm + "; try a smaller learning rate");
        }
        optimizer.update(schedule.at(step));
        return loss;
    }

    private TaskGraph graph(int tokens) {
        int length = LengthBuckets.length(tokens, settings.maxLength());
        return graphs.computeIfAbsent(length, s -> task.record(settings.batchSize(), s, workspace));
    }

    private int[] batch(int step) {
        int epoch = step / stepsPerEpoch;
        if (epoch != plannedEpoch) {
            plan = EpochPlan.batches(task.size(), task::length, settings.batchSize(), settings.seed(), epoch);
            plannedEpoch = epoch;
        }
        return plan.get(step % stepsPerEpoch);
    }

    private boolean evaluatesAfter(int step) {
        int parts = settings.evaluationsPerEpoch();
        long done = (long) step * parts / stepsPerEpoch;
        long doneBefore = (long) (step - 1) * parts / stepsPerEpoch;
        return step == steps || done > doneBefore;
    }

    /** Updates done. */
    public RunState state() {
        return state;
    }

    /** Goes on from a state; weights and moments are the caller's to load. */
    public void resume(RunState earlier) {
        if (earlier.step() > steps) {
            throw new IllegalArgumentException("the run has " + steps + " steps, got a state after " + earlier.step());
        }
        state = earlier;
        firstStep = earlier.step();
    }

    /** Updates that were done when this run began or was taken up. */
    int firstStep() {
        return firstStep;
    }

    FineTuneSettings settings() {
        return settings;
    }

    /** Updates in the whole run. */
    public int steps() {
        return steps;
    }

    /** The optimizer, whose moments belong to the state of a run. */
    public AdamW optimizer() {
        return optimizer;
    }

    /** The model. */
    public EncoderWithHead<?> model() {
        return model;
    }
}
