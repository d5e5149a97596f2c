package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.NormalizationBackward;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.tensor.Tensor;

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
    public List<Tensor> tensors() {
        return List.of(
                back.dProduct(),
                back.outputWeight(),
                back.attention().qkv(),
                back.attention().keyMask(),
                back.attention().out(),
                back.attention().logSumExp(),
                back.dContext(),
                back.dQkv(),
                back.weight());
    }

    @Override
    public Locality locality() {
        return Locality.of(back.attention().shape());
    }

    @Override
    public Operation through(NormalizationBackward operations, AddLayerNormBackward norm) {
        return operations.selfAttentionBackwardLayerNorm(back, norm);
    }

    @Override
    public void recorded() {
        parameters.run();
    }
}
