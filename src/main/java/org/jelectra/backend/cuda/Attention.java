package org.jelectra.backend.cuda;

import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Attention {

    private final Device device;

    Attention(Device device) {
        this.device = device;
    }

    Operation forward(Tensor qkv, Tensor keyMask, AttentionShape shape, Dropout dropout, Tensor out, Tensor logSumExp) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation backward(
            Tensor qkv,
            Tensor keyMask,
            AttentionShape shape,
            Dropout dropout,
            Tensor out,
            Tensor logSumExp,
            Tensor dOut,
            Tensor dQkv) {
        throw new UnsupportedOperationException("not written yet");
    }
}
