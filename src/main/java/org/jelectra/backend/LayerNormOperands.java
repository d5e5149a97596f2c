package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#layerNorm} reads and writes.
 *
 * @param x [M,H], kept for the backward pass; written where it is the sum of embeddings
 * @param gamma [H]
 * @param beta [H]
 * @param epsilon added to the variance
 * @param dropout of the result
 * @param y [M,H]: the result
 * @param stats [M,2]: mean and rstd of each row of x
 */
public record LayerNormOperands(
        Tensor x, Tensor gamma, Tensor beta, float epsilon, Dropout dropout, Tensor y, Tensor stats) {

    /** What remains before dropout. */
    AddLayerNormOperands addLayerNorm() {
        return new AddLayerNormOperands(Dropout.NONE, null, gamma, beta, epsilon, x, y, stats);
    }
}
