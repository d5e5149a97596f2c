package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.Tensor;

/**
 * Parameters of a linear layer, {@code x weight^T + bias}; see {@link Backend#linear}.
 *
 * @param weight [outputs, inputs]
 * @param bias [outputs], or null for none
 */
public record LinearParameters(Variable weight, Variable bias) {

    /** Null for none. */
    Tensor biasValue() {
        return bias == null ? null : bias.value();
    }

    /** Width of the result. */
    int outputs() {
        return weight.value().shape().rows();
    }

    boolean requireGradient() {
        return Variable.anyRequiresGradient(weight, bias);
    }
}
