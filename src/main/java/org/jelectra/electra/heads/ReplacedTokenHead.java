package org.jelectra.electra.heads;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/** Whether each token was replaced, as HuggingFace's {@code ElectraForPreTraining}: dense layer, GELU, one output. */
public final class ReplacedTokenHead {

    private final Linear dense;
    private final Linear prediction;

    /** Adds {@code discriminator_predictions.*}. */
    public ReplacedTokenHead(ParameterArena arena, EncoderConfig config) {
        Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
        int width = config.hiddenSize();
        dense = new Linear(arena, "discriminator_predictions.dense", width, width, initializer);
        prediction = new Linear(arena, "discriminator_predictions.dense_prediction", width, 1, initializer);
    }

    /** Logits {@code [B*S, 1]}, positive for "replaced", from the last hidden states {@code [B*S, H]}. */
    public Variable logits(Tape tape, Variable hidden) {
        return prediction.apply(tape, dense.applyGelu(tape, hidden));
    }
}
