package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.Tensor;

/**
 * A linear layer behind another operation: {@code x weight^T + bias}; see {@link Backend#linear}.
 *
 * @param weight [outputs, inputs]
 * @param bias [outputs], or null for none
 */
public record Projection(Variable weight, Variable bias) {

    Tensor biasValue() {
        return bias == null ? null : bias.value();
    }
}
