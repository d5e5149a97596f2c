package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** A contribution to the gradient of a normalisation's result that the backward pass of the normalisation computes, as the last one. */
interface DeferredGradient {

    /** Name of the step that computes both. */
    String step();

    /** All that it reads or writes besides the operands of the normalisation. */
    List<Tensor> tensors();

    /** Both, in the group where that is not null. */
    Operation through(Backend backend, GradientGroup group, NormalizationGradient norm);

    /** Says that the step has been recorded: later ones may read what it writes. */
    void recorded();
}
