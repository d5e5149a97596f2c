package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.Backend;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.LayerNormGradients;
import org.jelectra.backend.Operation;

/**
 * The gradient of a feed-forward part's input; see {@link Backend#feedForwardBackwardInputLayerNorm}.
 *
 * @param parameters records the gradients of the parameters that read dPreActivation
 */
record FeedForwardGradient(FeedForwardBackward back, Runnable parameters) implements DeferredGradient {

    @Override
    public String step() {
        return "feedForwardBackwardInputLayerNorm";
    }

    @Override
    public Locality locality() {
        return Locality.ofRows(back.dy().shape().rows());
    }

    @Override
    public Operation through(LayerNormGradients operations, AddLayerNormBackward norm) {
        return operations.feedForwardBackwardInputLayerNorm(back, norm);
    }

    @Override
    public void recorded() {
        parameters.run();
    }
}
