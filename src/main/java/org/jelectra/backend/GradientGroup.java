package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * Gradients of parameters that a backend computes together, because one launch for many layers leaves less of a device idle than one
 * for each. Sums have a fixed order, as everywhere; they are complete, and may be read, when {@link #finish} has run.
 *
 * <p>Members are added first, then {@link #finish} is prepared, once. No two members add to the same gradient. Operands of a product
 * must hold their values until the group has been finished. Groups of a backend run one after the other.
 */
public interface GradientGroup {

    /** As {@link Backend#linearBackwardWeight}; the tensors may be unbound until {@link #finish} is prepared. */
    void linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias);

    /**
     * As {@link Backend#addLayerNormBackward}, except that dGamma and dBeta are complete after {@link #finish}; the operation runs
     * before that, once.
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

    /** As {@link Backend#linearBackwardInputLayerNorm}, with the same exception. */
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

    /** As {@link Backend#feedForwardBackwardInputLayerNorm}, with the same exception. */
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

    /** As {@link Backend#selfAttentionBackwardLayerNorm}, with the same exception. */
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

    /** As {@link Backend#layerNormBackward}, and as {@link #addLayerNormBackward}. */
    Operation layerNormBackward(
            Tensor dy, Tensor x, Tensor stats, Tensor gamma, Dropout dropout, Tensor dx, Tensor dGamma, Tensor dBeta);

    /** Computes what was added. */
    Operation finish();
}
