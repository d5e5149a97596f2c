package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class LinearLayers {

    private final Device device;

    LinearLayers(Device device) {
        this.device = device;
    }

    Operation forward(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation backwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation backwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        throw new UnsupportedOperationException("not written yet");
    }
}
