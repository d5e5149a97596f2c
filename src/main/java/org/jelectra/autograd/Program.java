package org.jelectra.autograd;

import java.util.List;
import java.util.Map;
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
    private final Map<Tensor, Integer> words;

    /**
     * @param words of logits and what takes their place, where these may have columns behind them
     */
    Program(Pass forward, Pass backward, MemoryPlan memory, Map<Tensor, Integer> words) {
        this.forward = forward;
        this.backward = backward;
        this.memory = memory;
        this.words = Map.copyOf(words);
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

    /**
     * Columns of a tensor that have a meaning: all of them, but of {@linkplain Tape#logits logits} and their gradients only the words',
     * behind which there may be minus infinity.
     */
    public int columns(Tensor tensor) {
        return words.getOrDefault(tensor, tensor.shape().width());
    }

    /** Memory of everything between inputs and parameters. */
    public MemoryPlan memory() {
        return memory;
    }
}
