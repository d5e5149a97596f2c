package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The text in which the generator's tokens have taken the place of the original ones at the selected positions.
 *
 * @param ids INT32 [B*S]: the tokens
 * @param replaced INT32 [B*S]: 1 where a token is not the original one
 */
public record CorruptedTokens(Tensor ids, Tensor replaced) {

    /** Records the replacement; both tensors stay readable. */
    static CorruptedTokens record(Tape tape, Backend backend, PretrainingInputs inputs, Tensor sampled) {
        int tokens = (int) inputs.inputIds().size();
        Tensor ids = tape.keep(tape.tensor("corruptedIds", DType.INT32, tokens));
        Tensor replaced = tape.keep(tape.tensor("discriminatorLabels", DType.INT32, tokens));
        tape.record(
                "replaceTokens",
                List.of(sampled, ids, replaced),
                () -> backend.replaceTokens(
                        inputs.inputIds(), inputs.maskedRows(), inputs.maskedWeights(), sampled, ids, replaced));
        return new CorruptedTokens(ids, replaced);
    }
}
