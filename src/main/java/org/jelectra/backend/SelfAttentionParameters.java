package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * Parameters of the self-attention part of a Transformer layer; see {@link Backend#selfAttention}.
 *
 * @param weight [3H,H]: of query, key and value, one below the other
 * @param bias [3H]
 * @param outputWeight [H,H]
 * @param outputBias [H]
 * @param gamma [H]
 * @param beta [H]
 * @param epsilon of the normalisation
 */
public record SelfAttentionParameters(
        Tensor weight, Tensor bias, Tensor outputWeight, Tensor outputBias, Tensor gamma, Tensor beta, float epsilon) {

    /** Operands of the normalisation, of which the residual is the input x. */
    public AddLayerNormOperands addLayerNorm(Dropout dropout, Tensor x, SelfAttentionResults results) {
        return new AddLayerNormOperands(dropout, x, gamma, beta, epsilon, results.sum(), results.y(), results.stats());
    }
}
