package org.jelectra.pretrain.bench;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;

/**
 * Times real training steps, update included, on one batch of random tokens, as training runs them: losses and counts go to the host,
 * and a GPU is given the next step before the last one is waited for. A time is that from the end of one step to the end of the next.
 */
public final class StepTimer {

    private final TrainingStep step;
    private final Batch batch;
    private final int length;
    private int number;

    /** Makes the model, with new weights, and the batch. */
    public StepTimer(Backend backend, PretrainSettings settings, Vocabulary vocabulary) {
        step = new TrainingStep(new ElectraModel(backend, settings.model(), settings.seed()), settings);
        batch = RandomBatch.of(settings, vocabulary);
        length = settings.steps();
    }

    /** Milliseconds of each of {@code steps} steps after {@code warmup} that do not count. */
    public double[] steps(int warmup, int steps) {
        for (int i = 0; i < warmup; i++) {
            begin();
        }
        step.settle();
        // on a GPU, each turn waits for the step that the turn before began
        begin();
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            long begin = System.nanoTime();
            begin();
            times[i] = (System.nanoTime() - begin) / 1e6;
        }
        step.settle();
        return times;
    }

    /**
     * Median milliseconds in which the host gives a step to the backend, over {@code steps} steps. On a GPU, which has the step before to
     * do meanwhile, this costs nothing as long as it is less than a step; on a CPU it is the step.
     */
    public double hostMilliseconds(int steps) {
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            long begin = System.nanoTime();
            begin();
            times[i] = (System.nanoTime() - begin) / 1e6;
            step.settle();
        }
        return new Percentiles(times).at(50);
    }

    /**
     * The operations of a step one at a time, as means of {@code steps} steps, the longest first. Each is waited for, so that on a
     * GPU the times contain its launch and a {@linkplain #waitMilliseconds wait}, which the whole step, recorded as a graph, has
     * not: their sum is more than the step takes.
     */
    public List<OperationTime> operations(int steps) {
        // outside the recorded graph, kernels may be loaded only now
        step.inspect(batch, number++ % length, (operation, tensors) -> true);
        OperationClock clock = new OperationClock(this::await, System::nanoTime);
        for (int i = 0; i < steps; i++) {
            clock.start();
            step.inspect(batch, number++ % length, clock);
        }
        return clock.times();
    }

    /** Median milliseconds of one wait with nothing to wait for. */
    public double waitMilliseconds() {
        double[] times = new double[101];
        await();
        for (int i = 0; i < times.length; i++) {
            long begin = System.nanoTime();
            await();
            times[i] = (System.nanoTime() - begin) / 1e6;
        }
        return new Percentiles(times).at(50);
    }

    private void begin() {
        step.begin(batch, number++ % length);
    }

    private void await() {
        step.optimizer().gradientNorm();
    }
}
