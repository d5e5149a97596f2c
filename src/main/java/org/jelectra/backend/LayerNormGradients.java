package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/** Backward passes of layer normalisation, alone and with what lies behind it: at once, or in a {@link GradientGroup}. */
public interface LayerNormGradients {

    /** Backward pass of {@link Backend#addLayerNorm}. */
    Operation addLayerNormBackward(AddLayerNormBackward norm);

    /**
     * Back through a product and the layer normalisation before it: {@link #addLayerNormBackward} of the gradient
     * {@code dy[M,N] weight[N,H] + norm.dy()[M,H]}, which a backend need not write. The gradients of the values are those of the two
     * operations, bit for bit, unless {@link Backend#linearBackwardInput} cuts up the sums of the product and this does not.
     *
     * @param dy as of {@link Backend#linearBackwardInput}
     */
    Operation linearBackwardInputLayerNorm(Tensor dy, Tensor weight, AddLayerNormBackward norm);

    /**
     * Back through the feed-forward part of a Transformer layer and the layer normalisation before it:
     * {@link Backend#linearBackwardInputGelu} and {@link #linearBackwardInputLayerNorm} of what it computes, which a backend need not read
     * again. The gradients of the values are those of the two operations, bit for bit.
     */
    Operation feedForwardBackwardInputLayerNorm(FeedForwardBackward back, AddLayerNormBackward norm);

    /** Backward pass of {@link Backend#layerNorm}. */
    Operation layerNormBackward(LayerNormBackward norm);

    /**
     * Back through dropout, layer normalisation and the GELU before it: {@link #layerNormBackward}, whose dx {@link Backend#geluBackward}
     * overwrites. The gradients of the values are those of the two operations, bit for bit.
     *
     * @param preActivation [M,H]: what GELU was applied to
     */
    Operation layerNormGeluBackward(LayerNormBackward norm, Tensor preActivation);

    /**
     * Back through a product, dropout and the layer normalisation before it: {@link #layerNormBackward} of the gradient
     * {@code dy[M,N] weight[N,H] + norm.dy()[M,H]}, which a backend need not write. The gradients of the values are those of the two
     * operations, bit for bit, unless {@link Backend#linearBackwardInput} cuts up the sums of the product and this does not.
     *
     * @param dy as of {@link Backend#linearBackwardInput}
     */
    Operation linearBackwardInputLayerNormDropout(Tensor dy, Tensor weight, LayerNormBackward norm);

    /**
     * {@link Backend#selfAttentionBackward} and the layer normalisation before it: {@link #linearBackwardInputLayerNorm} takes the place of the
     * last of its operations. The gradients of the values are those of the operations, bit for bit.
     */
    Operation selfAttentionBackwardLayerNorm(SelfAttentionBackward back, AddLayerNormBackward norm);
}
