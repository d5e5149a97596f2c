package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/** Backward passes of layer normalisation, alone and with what lies behind it: at once, or in a {@link GradientGroup}. */
public interface NormalizationBackward {

    /**
     * Backward pass of {@link Backend#addLayerNorm}. Writes {@code dResidual} (may be null: there was no residual) and
     * {@code dx = dropout(dSum)}; adds to dGamma and dBeta. dx and dResidual must be different tensors where dropout is active;
     * either may be dy.
     */
    Operation addLayerNormBackward(
            Tensor dy,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Dropout dropout,
            Tensor dx,
            Tensor dResidual,
            Tensor dGamma,
            Tensor dBeta);

    /**
     * Back through a product and the layer normalisation before it: {@link #addLayerNormBackward} of the gradient
     * {@code dy[M,N] weight[N,H] + added[M,H]}, which a backend need not write. The gradients of the values are those of the two
     * operations, bit for bit.
     *
     * @param added what the other uses of the normalisation's result contribute, or null; what it holds afterwards is not defined,
     *     and it may be dx or dResidual
     */
    Operation linearBackwardInputLayerNorm(
            Tensor dy,
            Tensor weight,
            Tensor added,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Dropout dropout,
            Tensor dx,
            Tensor dResidual,
            Tensor dGamma,
            Tensor dBeta);

    /**
     * Back through the feed-forward part of a Transformer layer and the layer normalisation before it:
     * {@link Backend#linearBackwardInputGelu} and {@link #linearBackwardInputLayerNorm} of what it computes, which a backend need not read
     * again. The gradients of the values are those of the two operations, bit for bit.
     *
     * @param dy [M,K], the gradient of the second product
     * @param outer [K,F]
     * @param preActivation [M,F]
     * @param dPreActivation [M,F], for the gradient of {@code inner}
     * @param inner [F,H]
     * @param added as in {@link #linearBackwardInputLayerNorm}
     */
    Operation feedForwardBackwardInputLayerNorm(
            Tensor dy,
            Tensor outer,
            Tensor preActivation,
            Tensor dPreActivation,
            Tensor inner,
            Tensor added,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Dropout dropout,
            Tensor dx,
            Tensor dResidual,
            Tensor dGamma,
            Tensor dBeta);

    /** Backward pass of {@link Backend#layerNorm}. Writes dx, which may be dy; adds to dGamma and dBeta. */
    Operation layerNormBackward(
            Tensor dy, Tensor x, Tensor stats, Tensor gamma, Dropout dropout, Tensor dx, Tensor dGamma, Tensor dBeta);

    /**
     * {@link Backend#selfAttentionBackward} and the layer normalisation before it: {@link #linearBackwardInputLayerNorm} takes the place of the
     * last of its operations. The gradients of the values are those of the operations, bit for bit.
     */
    Operation selfAttentionBackwardLayerNorm(
            SelfAttentionBackward back,
            Tensor added,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Dropout dropout,
            Tensor dx,
            Tensor dResidual,
            Tensor dGamma,
            Tensor dBeta);
}
