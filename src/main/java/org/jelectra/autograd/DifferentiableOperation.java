package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * An operation that {@link Backend} does not have, for {@link Tape#operation}: what computes its result, and what computes the gradients
 * of its inputs. {@link Tape#compile()} calls both methods once, when all tensors have memory; what they return runs in every step.
 * There it writes nothing but the result or the gradients, and neither allocates nor touches the host, so that a backend may
 * {@linkplain Backend#recorded record} it.
 */
public interface DifferentiableOperation {

    /** Name for reports and errors. */
    String name();

    /**
     * Checks the tensors and prepares {@code y = f(inputs)}.
     *
     * @throws IllegalArgumentException for tensors of a wrong shape or type
     */
    Operation forward(List<Tensor> inputs, Tensor y);

    /**
     * Prepares the gradients of the inputs, of which at least one is needed. They are overwritten, not added to; the tape adds.
     *
     * @param y the result, as it was computed
     * @param dy gradient of the result, in its shape and type
     * @param dInputs gradient of each input, in its shape and type, or null where none is needed
     */
    Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs);
}
