package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#policyGradient} reads and writes.
 *
 * @param logits [R,V]: the generator's; where gradients are asked for, theirs take their place
 * @param logSumExp [R], as {@link Backend#crossEntropy} of these logits left it
 * @param sampled INT32 [R]: the tokens drawn from these logits
 * @param labels INT32 [R]: the original tokens
 * @param weights [R]; rows of weight 0 count for nothing
 * @param normalizer FLOAT32 [1]: sum of the weights of the whole batch (all micro-batches)
 * @param rows INT32 [R]: where each row stands among the discriminator's logits
 * @param discriminatorLogits [T] or [T,1]; positive means "replaced"
 * @param baseline [R] or [R,1]: logits of the baseline
 * @param reward [1]
 * @param baselineLoss [1]
 */
public record PolicyGradientOperands(
        Tensor logits,
        Tensor logSumExp,
        Tensor sampled,
        Tensor labels,
        Tensor weights,
        Tensor normalizer,
        Tensor rows,
        Tensor discriminatorLogits,
        Tensor baseline,
        Tensor reward,
        Tensor baselineLoss) {

    /** The same of other logits of the generator. */
    public PolicyGradientOperands withLogits(Tensor others) {
        return new PolicyGradientOperands(
                others,
                logSumExp,
                sampled,
                labels,
                weights,
                normalizer,
                rows,
                discriminatorLogits,
                baseline,
                reward,
                baselineLoss);
    }
}
