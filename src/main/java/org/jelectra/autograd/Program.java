package org.jelectra.autograd;

import java.util.List;
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

    private final Pass forward;
    /** Null where none was recorded. */
    private final Pass backward;

    private final MemoryPlan memory;

    Program(Pass forward, Pass backward, MemoryPlan memory) {
        this.forward = forward;
        this.backward = backward;
        this.memory = memory;
    }

    /** Computes all values. */
    public void forward() {
        forward.run();
    }

    /**
     * Adds the gradients of the recorded losses to the parameters' gradients. After {@link #forward()}, which it takes the values of.
     *
     * @throws IllegalStateException if {@link Tape#backward()} was not called before the program was made
     */
    public void backward() {
        backwardPass().run();
    }

    /** As {@link #forward()}, one operation at a time under an inspector; returns whether it let all of them run. */
    public boolean forward(Inspector inspector) {
        return forward.run(inspector);
    }

    /** As {@link #backward()}, one operation at a time under an inspector; returns whether it let all of them run. */
    public boolean backward(Inspector inspector) {
        return backwardPass().run(inspector);
    }

    private Pass backwardPass() {
        if (backward == null) {
            throw new IllegalStateException(
                    "this program has no backward pass: Tape.backward() must come before Tape.compile()");
        }
        return backward;
    }

    /** Number of operations in both directions. */
    public int operations() {
        return forward.steps() + (backward == null ? 0 : backward.steps());
    }

    /** Memory of everything between inputs and parameters. */
    public MemoryPlan memory() {
        return memory;
    }
}
