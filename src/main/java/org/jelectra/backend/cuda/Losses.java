package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Losses {

    private final Device device;

    Losses(Device device) {
        this.device = device;
    }

    Operation crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor logSumExp,
            Tensor correct,
            Tensor loss) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation crossEntropyBackward(
            Tensor logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor logSumExp, float scale) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation sigmoidCrossEntropy(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor loss, Tensor counts) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation sigmoidCrossEntropyBackward(
            Tensor logits, Tensor labels, Tensor mask, Tensor normalizer, float scale, Tensor dLogits) {
        throw new UnsupportedOperationException("not written yet");
    }
}
