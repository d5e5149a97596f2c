package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.tensor.Tensor;

/** UNFINISHED. */
final class Sampling {

    private final Device device;

    Sampling(Device device) {
        this.device = device;
    }

    Operation multinomial(Tensor logits, float temperature, Randomness randomness, Tensor sampled) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation gumbel(Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        throw new UnsupportedOperationException("not written yet");
    }

    Operation replaceTokens(
            Tensor ids, Tensor indices, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        throw new UnsupportedOperationException("not written yet");
    }
}
