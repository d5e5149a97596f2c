package org.jelectra.finetune;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.optim.AdamW;

/**
 * Trains a model on a task: batches of similar length, the official AdamW with layer-wise learning rates, warm-up and linear
 * decay, and evaluations along the way. Everything random is a function of the seed, the epoch and the step, so a run that is
 * taken up from its weights, moments and {@link RunState} goes on bit for bit.
 */
final class FineTuner {

    private static final int REPORTS = 100;

    private final FineTuningTask task;
    private final FineTuneSettings settings;
    private final int steps;
    private final int stepsPerEpoch;
    private final FineTuningStep training;
    private int plannedEpoch = -1;
    private List<int[]> plan;
    private RunState state = RunState.BEGINNING;
    private int firstStep;
    private long reportTokens;

    /**
     * A run at its beginning; the model's weights are as the caller loaded them.
     *
     * @throws IllegalArgumentException if there is no example, or the model has other layers frozen than the settings say
     */
    FineTuner(FineTuningTask task, FineTuneSettings settings) {
        if (task.size() == 0) {
            throw new IllegalArgumentException("there is no training example");
        }
        EncoderWithHead<?> model = task.model();
        if (!Objects.equals(model.frozenLayers(), settings.frozenLayers())) {
            throw new IllegalArgumentException("the frozen layers must be the same in model and settings, got "
                    + frozen(model.frozenLayers()) + " and " + frozen(settings.frozenLayers()));
        }
        this.task = task;
        this.settings = settings;
        steps = settings.steps(task.size());
        stepsPerEpoch = settings.stepsPerEpoch(task.size());
        training = new FineTuningStep(task, settings, steps, this::add);
    }

    private static String frozen(Integer layers) {
        return layers == null ? "none" : layers.toString();
    }

    /**
     * Trains to the end, or until the listener says stop. The listener hears of a step when it has begun.
     *
     * @throws IllegalStateException if loss or gradient are not finite, perhaps one step later; the weights are then those before the
     *     step (but where a loss overflows whose gradient is finite). Also if what the model says of the development set is not
     */
    void run(FineTuneListener listener) throws IOException {
        long began = System.nanoTime();
        long reported = began;
        double before = state.elapsedSeconds();
        reportTokens = 0;
        boolean goOn = true;
        int step = state.step();
        while (goOn && step < steps) {
            begin(step);
            step++;
            boolean evaluate = evaluatesAfter(step);
            boolean report = evaluate || step % Math.max(1, steps / REPORTS) == 0;
            if (report) {
                training.settle();
            }
            long now = System.nanoTime();
            double elapsed = before + (now - began) * 1e-9;
            state = new RunState(state.step(), state.lossSum(), state.examples(), elapsed);
            if (report) {
                Evaluation evaluation = evaluate ? evaluateAfter(step) : null;
                double perExample = state.lossSum() / state.examples();
                double rate = reportTokens / Math.max(1e-9, (now - reported) * 1e-9);
                StepReport line = new StepReport(
                        step,
                        (double) step / stepsPerEpoch,
                        perExample,
                        training.gradientNorm(),
                        training.learningRate(step - 1),
                        rate,
                        elapsed,
                        evaluation);
                state = new RunState(step, 0, 0, elapsed);
                reportTokens = 0;
                listener.onReport(line);
                reported = System.nanoTime();
            }
            goOn = listener.onStep(step);
        }
        training.settle();
    }

    /** The loss of a step that makes weights of no use is that before its update, and may be finite. */
    private Evaluation evaluateAfter(int step) {
        try {
            return task.evaluate();
        } catch (IllegalStateException e) {
            throw new DivergenceException(
                    "after the update of step " + step + ": " + e.getMessage() + "; try a smaller learning rate", e);
        }
    }

    private void begin(int step) {
        int[] batch = batch(step);
        for (int example : batch) {
            reportTokens += task.length(example);
        }
        training.begin(batch, step);
    }

    /** Counts a step that has ended, and adds its loss. */
    private void add(double loss, int examples) {
        double sum = state.lossSum() + loss * settings.reduction().divisor(examples);
        state = new RunState(state.step() + 1, sum, state.examples() + examples, state.elapsedSeconds());
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

    /** Where the run stands; between steps only. Waits for those that have begun. */
    RunState state() {
        training.settle();
        return state;
    }

    /** Goes on from a state; weights and moments are the caller's to load. */
    void resume(RunState earlier) {
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
    int steps() {
        return steps;
    }

    /** The optimizer, whose moments belong to the state of a run. */
    AdamW optimizer() {
        return training.optimizer();
    }

    /** The model. */
    EncoderWithHead<?> model() {
        return task.model();
    }
}
