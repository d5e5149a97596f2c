package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class LayerNormalization {

    private final Device device;

    LayerNormalization(Device device) {
        this.device = device;
    }

    Operation forward(
            Tensor x,
            Dropout dropout,
            Tensor residual,
            Tensor gamma,
            Tensor beta,
            float epsilon,
            Tensor sum,
            Tensor y,
            Tensor stats) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation backward(
            Tensor dy,
            Tensor sum,
            Tensor stats,
            Tensor gamma,
            Dropout dropout,
            Tensor dx,
            Tensor dResidual,
            Tensor dGamma,
            Tensor dBeta) {
        throw new UnsupportedOperationException("not written yet");
    }
}
