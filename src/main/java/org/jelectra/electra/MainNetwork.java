package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderInputs;

/**
 * The network that is kept: an encoder that reads the corrupted tokens, and what it has to tell of them, which is where the
 * objectives differ.
 */
public sealed interface MainNetwork permits Discriminator, TokenPredictor, CopyingTokenPredictor {

    /** Hidden states as {@link org.jelectra.nn.Encoder#apply} returns them. */
    List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training);

    /**
     * Records the head and its loss.
     *
     * @param hidden last hidden states {@code [B*S, H]} of the corrupted tokens
     * @param weight of the loss in the backward pass
     */
    MainResults learn(Tape tape, Variable hidden, CorruptedTokens tokens, PretrainingInputs inputs, float weight);
}
