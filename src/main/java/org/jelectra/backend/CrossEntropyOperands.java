package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#crossEntropy} reads and writes.
 *
 * @param logits [R,V]
 * @param labels INT32 [R]
 * @param weights [R]; rows of weight 0 count for nothing
 * @param normalizer FLOAT32 [1]: sum of the weights of the whole batch (all micro-batches)
 * @param logSumExp [R], kept for the backward pass
 * @param correct [R]: 1 where the largest logit (the first of equals) is the label's, else 0
 * @param loss [1]
 */
public record CrossEntropyOperands(
        Tensor logits,
        Tensor labels,
        Tensor weights,
        Tensor normalizer,
        Tensor logSumExp,
        Tensor correct,
        Tensor loss) {

    /** The same of other logits. */
    public CrossEntropyOperands withLogits(Tensor others) {
        return new CrossEntropyOperands(others, labels, weights, normalizer, logSumExp, correct, loss);
    }
}
