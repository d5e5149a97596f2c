package org.jelectra.pretrain.bench;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jelectra.autograd.Program;
import org.jelectra.tensor.Tensor;

/** Times the operations of whole steps one at a time, and adds up those of equal name and shapes. */
final class OperationClock implements Program.Inspector {

    private record Kind(String operation, String shapes) {}

    private static final class Sum {
        private int operations;
        private long nanoseconds;
    }

    private final Map<Kind, Sum> sums = new LinkedHashMap<>();
    private final Runnable wait;
    private final LongSupplier nanoseconds;
    private int steps;
    private long begin;

    /**
     * @param wait returns when everything launched so far has finished
     * @param nanoseconds a clock
     */
    OperationClock(Runnable wait, LongSupplier nanoseconds) {
        this.wait = wait;
        this.nanoseconds = nanoseconds;
    }

    /** A step begins now, with nothing left to be waited for. */
    void start() {
        wait.run();
        steps++;
        begin = nanoseconds.getAsLong();
    }

    @Override
    public boolean inspect(String operation, List<Tensor> tensors) {
        wait.run();
        Sum sum = sums.computeIfAbsent(new Kind(operation, shapes(tensors)), kind -> new Sum());
        sum.operations++;
        sum.nanoseconds += nanoseconds.getAsLong() - begin;
        // the time that this bookkeeping takes is nobody's
        begin = nanoseconds.getAsLong();
        return true;
    }

    /** Their shapes; equal ones are counted. */
    static String shapes(List<Tensor> tensors) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        tensors.forEach(tensor -> counts.merge(tensor.shape().toString(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(entry -> (entry.getValue() == 1 ? "" : entry.getValue() + "x") + entry.getKey())
                .collect(Collectors.joining(" "));
    }

    /** Means over the steps, the longest first. */
    List<OperationTime> times() {
        return sums.entrySet().stream()
                .map(entry -> new OperationTime(
                        entry.getKey().operation,
                        entry.getKey().shapes,
                        entry.getValue().operations / steps,
                        entry.getValue().nanoseconds / 1e6 / steps))
                .sorted(Comparator.comparingDouble(OperationTime::milliseconds).reversed())
                .toList();
    }
}
