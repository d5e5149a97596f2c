package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Operation;

/**
 * A finished recording: two lists of prepared operations over planned memory, run any number of times. What changes between
 * runs (tokens, step number, learning rate) is data in tensors that the operations read.
 */
public final class Program {

    private final Operation[] forward;
    private final Operation[] backward;
    private final MemoryPlan memory;

    Program(List<Step> forward, List<Step> backward, MemoryPlan memory) {
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

    /** Number of operations in both directions. */
    public int operations() {
        return forward.length + backward.length;
    }

    /** Memory of everything between inputs and parameters. */
    public MemoryPlan memory() {
        return memory;
    }
}
