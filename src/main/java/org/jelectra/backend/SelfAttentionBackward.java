package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * The way back through the self-attention part of a Transformer layer, from the gradient of its output product to that of the product
 * for query, key and value; see {@link Backend#selfAttentionBackward}.
 *
 * @param dProduct [B*S,H]: gradient of {@code context outputWeight^T + outputBias}
 * @param outputWeight [H,H]
 * @param attention of which the context is the result, as the forward pass left it
 * @param dContext [B*S, A*D]: {@code dProduct outputWeight}, which a backend need not write
 * @param dQkv [B*S, 3*A*D]: written
 * @param weight [3H,H]
 */
public record SelfAttentionBackward(
        Tensor dProduct,
        Tensor outputWeight,
        AttentionOperands attention,
        Tensor dContext,
        Tensor dQkv,
        Tensor weight) {}
