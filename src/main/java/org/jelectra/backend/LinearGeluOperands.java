package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What a linear layer with GELU of some rows of a matrix reads and writes before its result is normalised; see
 * {@link Backend#linearGeluLayerNorm}.
 *
 * @param x [M,K]
 * @param rows INT32 [R]: those of x that the layer reads; null for all, of which R is M
 * @param gathered [R,K]: takes these rows, kept for the gradient of {@code weight}; null where {@code rows} is
 * @param weight [N,K]
 * @param bias [N], or null
 * @param preActivation [R,N]: written, kept for the backward pass
 */
public record LinearGeluOperands(
        Tensor x, Tensor rows, Tensor gathered, Tensor weight, Tensor bias, Tensor preActivation) {

    /** What the layer reads, [R,K]. */
    public Tensor input() {
        return rows == null ? x : gathered;
    }
}
