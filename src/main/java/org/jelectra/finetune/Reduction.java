package org.jelectra.finetune;

/** How the losses of a batch's examples become the loss that is minimised. */
public enum Reduction {
    /**
     * Their sum, as in the official code, whose learning rates the paper gives. With the global norm clipped to 1 nearly every
     * gradient is then clipped, so the steps have the size of the learning rate whatever the loss.
     */
    SUM,
    /** Their mean, as in HuggingFace's models. */
    MEAN;

    /** What the sum over so many examples, or words, is divided by. */
    public float divisor(int count) {
        return this == MEAN ? count : 1;
    }
}
