package org.jelectra.backend.cuda;

import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Elementwise {

    private final Device device;

    Elementwise(Device device) {
        this.device = device;
    }

    /** {@code target = bf16(source)}, once and now (in the order of the stream). */
    static void cast(Device device, long source, long target, long count) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation fill(Tensor x, float value) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation add(Tensor x, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation gelu(Tensor x, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        throw new UnsupportedOperationException("not written yet");
    }
}
