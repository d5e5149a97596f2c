package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * A finished recording: two lists of prepared operations over planned memory, run any number of times. What changes between
 * runs (tokens, step number, learning rate) is data in tensors that the operations read.
 */
public final class Program {

    /** Looks at what single operations did, to find the one at fault. */
    @FunctionalInterface
    public interface Inspector {
        /**
         * An operation has run.
         *
         * @param operation its name
         * @param tensors all that it read or wrote; their memory holds them at this moment only
         * @return whether to go on
         */
        boolean inspect(String operation, List<Tensor> tensors);
    }

    private final List<Step> forwardSteps;
    private final List<Step> backwardSteps;
    private final Operation[] forward;
    private final Operation[] backward;
    private final MemoryPlan memory;

    Program(List<Step> forward, List<Step> backward, MemoryPlan memory) {
        this.forwardSteps = List.copyOf(forward);
        this.backwardSteps = List.copyOf(backward);
        this.forward = prepare(forward);
        this.backward = prepare(backward);
        this.memory = memory;
    }

    private static Operation[] prepare(List<Step> steps) {
        Operation[] operations = new Operation[steps.size()];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = steps.get(i).prepare().get();
        }
        return operations;
    }

    /** Computes all values. */
    public void forward() {
        for (Operation operation : forward) {
            operation.run();
        }
    }

    /** Adds the gradients of the recorded losses to the parameters' gradients. After {@link #forward()}. */
    public void backward() {
        for (Operation operation : backward) {
            operation.run();
        }
    }

    /** As {@link #forward()}, one operation at a time under an inspector; returns whether it let all of them run. */
    public boolean forward(Inspector inspector) {
        return run(forward, forwardSteps, inspector);
    }

    /** As {@link #backward()}, one operation at a time under an inspector; returns whether it let all of them run. */
    public boolean backward(Inspector inspector) {
        return run(backward, backwardSteps, inspector);
    }

    private static boolean run(Operation[] operations, List<Step> steps, Inspector inspector) {
        for (int i = 0; i < operations.length; i++) {
            operations[i].run();
            if (!inspector.inspect(steps.get(i).name(), steps.get(i).tensors())) {
                return false;
            }
        }
        return true;
    }

    /** Number of operations in both directions. */
    public int operations() {
        return forward.length + backward.length;
    }

    /** Memory of everything between inputs and parameters. */
    public MemoryPlan memory() {
        return memory;
    }
}
