package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.LayerNormGradients;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** The gradient {@code dy weight} of a linear layer's input. */
record InputProduct(Tensor dy, Tensor weight) implements DeferredGradient {

    @Override
    public String step() {
        return "linearBackwardInputLayerNorm";
    }

    @Override
    public Locality locality() {
        return Locality.ofRows(dy.shape().rows());
    }

    @Override
    public Operation through(LayerNormGradients operations, AddLayerNormBackward norm) {
        return operations.linearBackwardInputLayerNorm(dy, weight, norm);
    }

    @Override
    public void recorded() {
        // it writes nothing of its own
    }
}
