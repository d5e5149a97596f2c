package org.jelectra.autograd;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * One recorded operation: what it touches, and how to prepare it once all tensors have memory.
 *
 * @param name for reports
 * @param tensors every tensor that it reads or writes
 * @param prepare makes the operation
 * @param locality null where any row of a value may depend on any other
 * @param recorded where that was, for errors that show only when it is prepared
 */
record Step(String name, List<Tensor> tensors, Supplier<Operation> prepare, Locality locality, Throwable recorded) {

    /** A step that is recorded here. */
    Step(String name, List<Tensor> tensors, Supplier<Operation> prepare, Locality locality) {
        this(name, tensors, prepare, locality, new Throwable("this is where " + name + " was recorded"));
    }

    /** This step in the place of another. */
    Step recordedWith(Step other) {
        return new Step(name, tensors, prepare, locality, other.recorded);
    }

    /** Prepares it; an error has, as a suppressed one, what was recorded where. */
    Operation operation() {
        try {
            return Objects.requireNonNull(prepare.get(), () -> name + " prepares null in the place of an operation");
        } catch (RuntimeException e) {
            e.addSuppressed(recorded);
            throw e;
        }
    }
}
