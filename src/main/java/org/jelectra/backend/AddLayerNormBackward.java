package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * The way back through a layer normalisation of a sum; see {@link Backend#addLayerNorm} and {@link LayerNormGradients}.
 *
 * @param dy [M,H]: gradient of the result, or what its other uses contribute to it where the operation adds a product, which may then
 *     be null for nothing and is not defined afterwards; may be dx or dResidual
 * @param sum [M,H], from the forward pass, as stats
 * @param stats [M,2]: mean and rstd of each row of sum
 * @param gamma [H]
 * @param dropout that of the forward pass
 * @param dx [M,H]: {@code dropout(dSum)}, written
 * @param dResidual [M,H]: dSum, written; null where there was no residual; another tensor than dx where dropout is active
 * @param dGamma [H]: added to
 * @param dBeta [H]: added to
 */
public record AddLayerNormBackward(
        Tensor dy,
        Tensor sum,
        Tensor stats,
        Tensor gamma,
        Dropout dropout,
        Tensor dx,
        Tensor dResidual,
        Tensor dGamma,
        Tensor dBeta) {

    /** The same with a dy to write a gradient to, or add it to: dx where there is none. */
    public AddLayerNormBackward withDy() {
        return dy != null
                ? this
                : new AddLayerNormBackward(dx, sum, stats, gamma, dropout, dx, dResidual, dGamma, dBeta);
    }
}
