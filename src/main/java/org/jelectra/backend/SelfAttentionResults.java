package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What the self-attention part of a Transformer layer computes; see {@link Backend#selfAttention}. All but y are kept for the backward
 * pass.
 *
 * @param qkv [B*S, 3*A*D]
 * @param logSumExp [B,A,S]
 * @param context [B*S, A*D]: what attention gives
 * @param sum [B*S,H]: what is normalised
 * @param stats [B*S,2]: mean and rstd of each row of sum
 * @param y [B*S,H]
 */
public record SelfAttentionResults(Tensor qkv, Tensor logSumExp, Tensor context, Tensor sum, Tensor stats, Tensor y) {

    /** The attention in it. */
    public AttentionOperands attention(Tensor keyMask, AttentionShape shape, Dropout dropout) {
        return new AttentionOperands(qkv, keyMask, shape, dropout, context, logSumExp);
    }
}
