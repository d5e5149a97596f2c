package org.jelectra.finetune;

import org.jelectra.autograd.Program;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.Tensor;

/** A task's training pass, recorded for one batch size B and sequence length S: encoder, head, loss, backward. */
public interface TaskGraph {

    /** Where the tokens go; the loop writes its clock. */
    TokenInputs inputs();

    /** Operations and memory. */
    Program program();

    /** FLOAT32[1]: the loss that is minimised, after the forward pass. */
    Tensor loss();

    /**
     * Writes tokens, labels and the loss's denominator for a batch.
     *
     * @param examples indices of training examples of at most S tokens, 1 to B of them; rows beyond count for nothing
     */
    void upload(int[] examples);
}
