package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/**
 * The first half of a feed-forward part: {@code preActivation = x weight^T + bias}, {@code activation = gelu(preActivation)}.
 */
record HiddenLayer(Variable x, Variable weight, Variable bias, Tensor preActivation, Tensor activation) {

    /** Whether anything trained is in or behind it. */
    boolean requiresGradient() {
        return Variable.anyRequiresGradient(x, weight, bias);
    }

    /** Null for none. */
    Tensor biasValue() {
        return bias == null ? null : bias.value();
    }
}
