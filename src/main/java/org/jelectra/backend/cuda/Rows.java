package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Rows {

    private final Device device;

    Rows(Device device) {
        this.device = device;
    }

    Operation embedding(
            Tensor ids, Tensor tokenTypes, int length, Tensor words, Tensor positions, Tensor types, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation gather(Tensor x, Tensor indices, Tensor y) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation gatherBackward(Tensor dy, Tensor indices, Tensor dx) {
        throw new UnsupportedOperationException("not written yet");
    }
}
