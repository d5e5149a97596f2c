package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Softmax {

    private final Device device;

    Softmax(Device device) {
        this.device = device;
    }

    Operation forward(Tensor x, Tensor keyMask, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation backward(Tensor y, Tensor dy, Tensor dx) {
        throw new UnsupportedOperationException("not written yet");
    }
}
