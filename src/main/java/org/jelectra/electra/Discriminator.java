package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The encoder that tells replaced from original tokens, with its {@linkplain ReplacedTokenHead head}. Its loss is the mean over all
 * tokens, or over those that {@link PretrainingInputs#setJudged} names.
 */
public final class Discriminator implements MainNetwork {

    private final Encoder encoder;
    private final ReplacedTokenHead head;

    Discriminator(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        head = new ReplacedTokenHead(arena, name + ".", config);
    }

    @Override
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    /** See {@link ReplacedTokenHead#logits}. */
    public Variable logits(Tape tape, Variable hidden) {
        return head.logits(tape, hidden);
    }

    @Override
    public MainResults learn(
            Tape tape, Variable hidden, CorruptedTokens tokens, PretrainingInputs inputs, float weight) {
        Variable logits = logits(tape, hidden);
        tape.keep(logits.value());
        Tensor counts = tape.keep(tape.tensor("counts", DType.FLOAT32, 4));
        Tensor loss = tape.losses()
                .sigmoidCrossEntropy(logits, tokens.replaced(), inputs.judged(), inputs.judgedCount(), counts, weight);
        return new MainResults.Detection(loss, logits.value(), tokens.replaced(), counts);
    }
}
