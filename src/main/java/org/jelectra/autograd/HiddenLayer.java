package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/**
 * The first half of a feed-forward part: {@code preActivation = x weight^T + bias}, {@code activation = gelu(preActivation)}.
 */
record HiddenLayer(Variable x, Variable weight, Variable bias, Tensor preActivation, Tensor activation) {

    /** Null for none. */
    Tensor biasValue() {
        return bias == null ? null : bias.value();
    }
}
