package org.jelectra.electra;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/** Whether each token was replaced, as HuggingFace's {@code ElectraForPreTraining} has it: dense and GELU, then one logit. */
public final class ReplacedTokenHead {

    private final Linear dense;
    private final Linear prediction;

    /**
     * Adds {@code discriminator_predictions.*}.
     *
     * @param prefix begins these names; empty, or with a dot at its end
     */
    public ReplacedTokenHead(ParameterArena arena, String prefix, EncoderConfig config) {
        String name = prefix + "discriminator_predictions";
        int width = config.hiddenSize();
        dense = new Linear(
                arena, name + ".dense", width, width, Initializer.truncatedNormal(config.initializerRange()));
        prediction = new Linear(arena, name + ".dense_prediction", width, 1, Initializer.GLOROT_UNIFORM);
    }

    /** Logits {@code [B*S, 1]}, positive for "replaced", from the last hidden states {@code [B*S, H]}. */
    public Variable logits(Tape tape, Variable hidden) {
        return dense.applyFeedForward(tape, hidden, prediction);
    }
}
