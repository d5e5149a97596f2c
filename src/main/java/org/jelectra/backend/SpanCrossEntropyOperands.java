package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#spanCrossEntropy} reads and writes, of B sequences of S positions with C columns.
 *
 * @param logits [B*S,C]
 * @param allowed INT32 [B*S]: 0 for positions of probability 0
 * @param targets INT32 [B,C]: an allowed position of each sequence for each column
 * @param weights FLOAT32 [B]; sequences of weight 0 count for nothing
 * @param normalizer FLOAT32 [1]
 * @param loss FLOAT32 [1]
 */
public record SpanCrossEntropyOperands(
        Tensor logits, Tensor allowed, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss) {}
