package org.jelectra.backend.cuda;

import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Optimizer {

    private final Device device;

    Optimizer(Device device) {
        this.device = device;
    }

    Operation globalNorm(Tensor x, Tensor norm) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
        throw new UnsupportedOperationException("not written yet");
    }
}
