package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What {@link Backend#copyCrossEntropy} reads and writes.
 *
 * @param logits [R,V]. A row with NaN or plus infinity among its logits, or of minus infinity alone, has no softmax
 * @param gate [R] or [R,1]: logits of the gate; positive means "copy"
 * @param copied INT32 [R]: the token that each row can copy; one that is no column has a softmax of 0
 * @param labels INT32 [R]: the token that each row should predict. Where its row counts, one that is no column is an error on the CPU,
 *     and makes the loss infinite on CUDA; so does, on either, one whose logit is minus infinity, which is that of a word that does not
 *     exist, even if it is the token to copy
 * @param mask INT32 [R], 1 for a row that counts
 * @param normalizer FLOAT32 [1]: number of rows that count in the whole batch (all micro-batches)
 * @param logSumExp [R]: of the logits alone, kept for the backward pass; NaN where there is no softmax
 * @param correct [R]: 1 where the token predicted is the label, else 0; predicted is the copied token if
 *     {@code exp(gate) >= largest softmax - softmax(copied)}, which makes it the most probable one, else the one of the largest logit
 *     (the first of equals); 0 where there is no softmax
 * @param loss [1]; NaN where a row that counts has no softmax
 */
public record CopyCrossEntropyOperands(
        Tensor logits,
        Tensor gate,
        Tensor copied,
        Tensor labels,
        Tensor mask,
        Tensor normalizer,
        Tensor logSumExp,
        Tensor correct,
        Tensor loss) {

    /** The same of other logits. */
    public CopyCrossEntropyOperands withLogits(Tensor others) {
        return new CopyCrossEntropyOperands(others, gate, copied, labels, mask, normalizer, logSumExp, correct, loss);
    }
}
