package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/** The encoder that tells replaced from original tokens: encoder, then dense and GELU, then one logit a token. */
public final class Discriminator {

    private final Encoder encoder;
    private final Linear dense;
    private final Linear prediction;

    Discriminator(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        dense = new Linear(
                arena,
                name + ".discriminator_predictions.dense",
                config.hiddenSize(),
                config.hiddenSize(),
                Initializer.truncatedNormal(config.initializerRange()));
        prediction = new Linear(
                arena,
                name + ".discriminator_predictions.dense_prediction",
                config.hiddenSize(),
                1,
                Initializer.GLOROT_UNIFORM);
    }

    /** Hidden states as {@link Encoder#apply} returns them. */
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    /** Logits {@code [B*S, 1]}; positive means "replaced". */
    public Variable logits(Tape tape, Variable hidden) {
        return dense.applyFeedForward(tape, hidden, prediction);
    }
}
