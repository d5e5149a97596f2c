package org.jelectra.pretrain.bench;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Stopwatch;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.check.TrialMemory;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * Times single operations, cold and warm in turn: a large buffer is overwritten so that no operand is in a cache, the operation
 * runs, and at once runs again. On a GPU the writing takes long enough for the host to put all that follows into the stream, so
 * that no launch is waited for in the timed parts.
 */
public final class OperationTimer {

    private final Backend backend;
    private final TrialMemory memory;
    private final Operation evict;
    private final int warmup;
    private final double[] cold;
    private final double[] warm;
    private final Stopwatch coldTime;
    private final Stopwatch warmTime;

    /**
     * Makes the buffer and the operands' memory.
     *
     * @param trials what will be timed
     * @param evictedBytes size of the buffer, a multiple of 4 larger than the largest cache
     * @param warmup runs before the timed ones
     * @param repetitions timed runs
     */
    public OperationTimer(Backend backend, Collection<Trial> trials, long evictedBytes, int warmup, int repetitions) {
        this.backend = backend;
        memory = new TrialMemory(backend, trials);
        Shape shape = Shape.of(Math.toIntExact(evictedBytes / DType.FLOAT32.bytes()));
        evict = backend.fill(Tensor.of("evicted", shape, backend.allocate(DType.FLOAT32, shape.size()), 0), 0);
        this.warmup = warmup;
        cold = new double[repetitions];
        warm = new double[repetitions];
        coldTime = backend.stopwatch();
        warmTime = backend.stopwatch();
    }

    /** Times one of the operations; the operands of the one before are overwritten. */
    public TimedOperation time(Trial trial) {
        Map<String, Tensor> operands = memory.place(trial);
        Operation operation = trial.prepare(backend, operands);
        for (int run = -warmup; run < cold.length; run++) {
            evict.run();
            coldTime.start();
            operation.run();
            coldTime.stop();
            warmTime.start();
            operation.run();
            warmTime.stop();
            if (run >= 0) {
                cold[run] = coldTime.microseconds();
                warm[run] = warmTime.microseconds();
            }
        }
        return new TimedOperation(
                trial.name(),
                List.copyOf(operands.values()),
                trial.bytes(backend.valueType()),
                trial.flops(),
                new Percentiles(cold),
                new Percentiles(warm));
    }
}
