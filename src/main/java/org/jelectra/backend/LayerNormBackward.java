package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * The way back through dropout and the layer normalisation before it; see {@link Backend#layerNorm} and {@link LayerNormGradients}.
 *
 * @param dy [M,H]: gradient of the result, or what its other uses contribute to it where the operation adds a product, which may then
 *     be null for nothing and is not defined afterwards; may be dx
 * @param x [M,H], from the forward pass, as stats
 * @param stats [M,2]: mean and rstd of each row of x
 * @param gamma [H]
 * @param dropout that of the forward pass
 * @param dx [M,H]: written
 * @param dGamma [H]: added to
 * @param dBeta [H]: added to
 */
public record LayerNormBackward(
        Tensor dy, Tensor x, Tensor stats, Tensor gamma, Dropout dropout, Tensor dx, Tensor dGamma, Tensor dBeta) {

    /** The same with a dy to write a gradient to, or add it to: dx where there is none. */
    public LayerNormBackward withDy() {
        return dy != null ? this : new LayerNormBackward(dx, x, stats, gamma, dropout, dx, dGamma, dBeta);
    }

    /** What remains behind dropout, which has written {@code dropout(dy)} to dx where it is active. */
    public AddLayerNormBackward addLayerNorm() {
        Tensor dropped = dropout.isActive() ? dx : dy;
        return new AddLayerNormBackward(dropped, x, stats, gamma, Dropout.NONE, dx, null, dGamma, dBeta);
    }
}
