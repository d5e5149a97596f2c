package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * The way back through the self-attention part of a Transformer layer, from the gradient of its output product to that of the product
 * for query, key and value; see {@link Backend#selfAttentionBackward}.
 *
 * @param dProduct [B*S,H]: gradient of {@code context outputWeight^T + outputBias}
 * @param outputWeight [H,H]
 * @param qkv [B*S, 3*A*D], from the forward pass, as all that follows up to logSumExp
 * @param keyMask INT32 [B,S]
 * @param probabilityDropout of the probabilities
 * @param context [B*S, A*D]
 * @param logSumExp [B,A,S]
 * @param dContext [B*S, A*D]: {@code dProduct outputWeight}, which a backend need not write
 * @param dQkv [B*S, 3*A*D]: written
 * @param weight [3H,H]
 */
public record SelfAttentionBackward(
        Tensor dProduct,
        Tensor outputWeight,
        Tensor qkv,
        Tensor keyMask,
        AttentionShape shape,
        Dropout probabilityDropout,
        Tensor context,
        Tensor logSumExp,
        Tensor dContext,
        Tensor dQkv,
        Tensor weight) {}
