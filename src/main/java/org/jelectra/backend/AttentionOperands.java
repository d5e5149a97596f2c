package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#attention} reads and writes; {@link Backend#attentionBackward} reads all of it.
 *
 * @param qkv [B*S, 3*A*D]: query, key and value side by side, heads side by side within each
 * @param keyMask INT32 [B,S], 1 for a key that counts
 * @param shape B, S, A and D, and the scale of the scores
 * @param dropout element ((b A + a) S + query) S + key of the probabilities
 * @param out [B*S, A*D], written
 * @param logSumExp [B,A,S], written: log of the sum of exp of the scaled scores, for the backward pass
 */
public record AttentionOperands(
        Tensor qkv, Tensor keyMask, AttentionShape shape, Dropout dropout, Tensor out, Tensor logSumExp) {}
