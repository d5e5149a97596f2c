package org.jelectra.autograd;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.tensor.Tensor;

/**
 * Operands of a normalisation's backward pass; see {@link Backend#addLayerNormBackward}.
 *
 * @param dy gradient of the result without what is {@link DeferredGradient deferred}; null where that is all
 */
record NormalizationOperands(
        Tensor dy,
        Tensor sum,
        Tensor stats,
        Tensor gamma,
        Dropout dropout,
        Tensor dx,
        Tensor dResidual,
        Tensor dGamma,
        Tensor dBeta) {

    /** Those that there are. */
    List<Tensor> tensors() {
        return Recording.present(dy, sum, stats, gamma, dx, dResidual, dGamma, dBeta);
    }
}
