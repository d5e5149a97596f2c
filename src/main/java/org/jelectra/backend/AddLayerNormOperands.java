package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What a layer normalisation of a sum reads and writes besides what it adds to; see {@link Backend#addLayerNorm}.
 *
 * @param dropout of what the residual is added to
 * @param residual [M,H], or null for plain layer normalisation (then sum is dropout(x))
 * @param gamma [H]
 * @param beta [H]
 * @param epsilon added to the variance
 * @param sum [M,H]: {@code dropout(x) + residual}, written, kept for the backward pass
 * @param y [M,H]: the result
 * @param stats [M,2]: mean and rstd of each row of sum, written, kept for the backward pass
 */
public record AddLayerNormOperands(
        Dropout dropout,
        Tensor residual,
        Tensor gamma,
        Tensor beta,
        float epsilon,
        Tensor sum,
        Tensor y,
        Tensor stats) {}
