package org.jelectra.autograd;

import java.util.List;
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
 */
record Step(String name, List<Tensor> tensors, Supplier<Operation> prepare, Locality locality) {}
