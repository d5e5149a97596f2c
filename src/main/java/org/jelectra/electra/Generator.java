package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * The masked-language model: encoder and {@linkplain MaskedTokenHead head}. The head reads hidden states at the masked positions, so
 * that logits exist for those alone.
 */
public final class Generator {

    private final Encoder encoder;
    private final MaskedTokenHead head;

    Generator(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        head = new MaskedTokenHead(arena, name + ".", config);
    }

    /** Hidden states as {@link Encoder#apply} returns them. */
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    /** Logits {@code [R, V]} at the given rows of the last hidden states. */
    public Variable logits(Tape tape, Variable hidden, Tensor rows) {
        return head.logits(tape, hidden, rows, encoder.embeddings().words());
    }

    /** The same for a loss, {@code [R, V or more]}; see {@link MaskedTokenHead#wideLogits}. */
    public Variable wideLogits(Tape tape, Variable hidden, Tensor rows) {
        return head.wideLogits(tape, hidden, rows, encoder.embeddings().words());
    }
}
