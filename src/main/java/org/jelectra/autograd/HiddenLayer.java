package org.jelectra.autograd;

import org.jelectra.tensor.Tensor;

/** The first half of a feed-forward part: {@code preActivation} of a linear layer, {@code activation = gelu(preActivation)}. */
record HiddenLayer(Variable x, LinearParameters layer, Tensor preActivation, Tensor activation) {

    /** Whether anything trained is in or behind it. */
    boolean requiresGradient() {
        return x.requiresGradient() || layer.requireGradient();
    }
}
