package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#sigmoidCrossEntropy} reads and writes, of M tokens.
 *
 * @param logits [M] or [M,1]; positive means "replaced"
 * @param labels INT32 [M], 1 for a replaced token
 * @param mask INT32 [M], 1 for a token that counts
 * @param normalizer FLOAT32 [1]: number of tokens that count in the whole batch (all micro-batches)
 * @param loss FLOAT32 [1]
 * @param counts FLOAT32 [4]: true positives, false positives, true negatives, false negatives of the prediction {@code logit > 0}
 */
public record SigmoidCrossEntropyOperands(
        Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor loss, Tensor counts) {}
