package org.jelectra.nn;

import org.jelectra.tensor.Tensor;

/**
 * What an encoder reads.
 *
 * @param ids INT32 [B*S] token ids
 * @param attentionMask INT32 [B*S], 1 for a token, 0 for padding
 * @param tokenTypes INT32 [B*S] segment of each token
 * @param batch sequences B
 * @param length positions per sequence S
 */
public record EncoderInputs(Tensor ids, Tensor attentionMask, Tensor tokenTypes, int batch, int length) {}
