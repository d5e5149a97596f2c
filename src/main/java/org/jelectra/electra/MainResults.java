package org.jelectra.electra;

import org.jelectra.tensor.Tensor;

/** What the main network's part of a step leaves: how well it did. All tensors stay readable after the step. */
public sealed interface MainResults {

    /** The loss FLOAT32[1], without its weight: this micro-batch's part of the mean over the whole batch. */
    Tensor loss();

    /**
     * Of replaced-token detection.
     *
     * @param loss the loss FLOAT32[1]
     * @param logits FLOAT32 [B*S,1]: positive for "replaced"
     * @param labels INT32 [B*S]: 1 for a replaced token
     * @param counts FLOAT32 [4]: true positives, false positives, true negatives, false negatives
     */
    record Detection(Tensor loss, Tensor logits, Tensor labels, Tensor counts) implements MainResults {}

    /**
     * Of the prediction of tokens.
     *
     * @param loss the loss FLOAT32[1]
     * @param correct FLOAT32: 1 where the best guess is the original token; [R] of the selected positions, or [B*S] of all
     */
    record Prediction(Tensor loss, Tensor correct) implements MainResults {}
}
