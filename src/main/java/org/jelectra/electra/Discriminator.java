package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.ParameterArena;

/** The encoder that tells replaced from original tokens, with its {@linkplain ReplacedTokenHead head}. */
public final class Discriminator {

    private final Encoder encoder;
    private final ReplacedTokenHead head;

    Discriminator(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        head = new ReplacedTokenHead(arena, name + ".", config);
    }

    /** Hidden states as {@link Encoder#apply} returns them. */
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    /** See {@link ReplacedTokenHead#logits}. */
    public Variable logits(Tape tape, Variable hidden) {
        return head.logits(tape, hidden);
    }
}
