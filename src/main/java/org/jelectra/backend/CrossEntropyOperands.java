package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#crossEntropy} reads and writes.
 *
 * @param logits [R,V]. A row with NaN or plus infinity among its logits, or of minus infinity alone, has no softmax
 * @param labels INT32 [R]. Where its row counts, one that is no column is an error on the CPU, and makes the loss infinite on CUDA; so
 *     does, on either, one whose logit is minus infinity, which is that of a word that does not exist
 * @param weights [R]; rows of weight 0 count for nothing
 * @param normalizer FLOAT32 [1]: sum of the weights of the whole batch (all micro-batches)
 * @param logSumExp [R], kept for the backward pass; NaN where there is no softmax
 * @param correct [R]: 1 where the largest logit (the first of equals) is the label's, else 0, also where there is no softmax
 * @param loss [1]; NaN where a row that counts has no softmax
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
