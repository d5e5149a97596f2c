package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.LayerNormGradients;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;

/**
 * The gradient of a self-attention part's input.
 *
 * @param parameters records the gradients of the parameters that read dQkv
 */
record SelfAttentionGradient(SelfAttentionBackward back, Runnable parameters) implements DeferredGradient {

    @Override
    public String step() {
        return "selfAttentionBackwardLayerNorm";
    }

    @Override
    public Locality locality() {
        return Locality.of(back.attention().shape());
    }

    @Override
    public Operation through(LayerNormGradients operations, AddLayerNormBackward norm) {
        return operations.selfAttentionBackwardLayerNorm(back, norm);
    }

    @Override
    public void recorded() {
        parameters.run();
    }
}
