package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#poolPositions} reads and writes, of B sequences of S positions.
 *
 * @param logits [B*S,1]
 * @param values [B*S,H]
 * @param allowed INT32 [B*S]: 0 for positions of probability 0; each sequence needs one that is not
 * @param logSumExp FLOAT32 [B]: log of the sum of exp of a sequence's allowed logits, for the backward pass
 * @param y [B,H]; the backward pass does not read it, and it may be null there
 */
public record PositionPoolingOperands(Tensor logits, Tensor values, Tensor allowed, Tensor logSumExp, Tensor y) {

    /** Sequences B. */
    public int batch() {
        return Math.toIntExact(logSumExp.size());
    }

    /** Positions S of each. */
    public int length() {
        return values.shape().rows() / batch();
    }
}
