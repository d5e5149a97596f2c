package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * Gradients of parameters that a backend computes together, because one launch for many layers leaves less of a device idle than one
 * for each. Sums have a fixed order, as everywhere; they are complete, and may be read, when {@link #finish} has run.
 *
 * <p>Members are added first, then {@link #finish} is prepared, once. No two products add to the same gradient. Operands of products
 * and embeddings must hold their values until the group has been finished. Operations of normalisations run before that, once each;
 * their dGamma and dBeta are complete after it. Groups of a backend run one after the other.
 */
public interface GradientGroup extends LayerNormGradients {

    /**
     * As {@link Backend#linearBackwardWeight} of a weight that is trained: dWeight must be there. The tensors may be unbound until
     * {@link #finish} is prepared.
     */
    void linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias);

    /**
     * As {@link Backend#embeddingBackward}, after those that were added before and have the same tables; the tensors may be unbound until
     * {@link #finish} is prepared.
     */
    void embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes);

    /** Computes what was added. */
    Operation finish();
}
