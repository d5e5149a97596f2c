package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Parameters of a layer normalisation; see {@link Backend#layerNorm}.
 *
 * @param gamma [H]
 * @param beta [H]
 * @param epsilon added to the variance
 */
public record LayerNormParameters(Variable gamma, Variable beta, float epsilon) {

    boolean requireGradient() {
        return Variable.anyRequiresGradient(gamma, beta);
    }

    /** What the normalisation of x and dropout behind it read and write. */
    LayerNormOperands operands(Recording recording, Tensor x, Dropout dropout, Variable y) {
        Tensor stats =
                recording.tensor("layerNormStats", DType.FLOAT32, x.shape().rows(), 2);
        return new LayerNormOperands(x, gamma.value(), beta.value(), epsilon, dropout, y.value(), stats);
    }
}
