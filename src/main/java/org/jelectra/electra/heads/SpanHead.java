package org.jelectra.electra.heads;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/**
 * Start and end of an answer, as HuggingFace's {@code ElectraForQuestionAnswering}: one linear layer with two outputs a token.
 * The first token stands for "no answer".
 */
public final class SpanHead {

    /** Outputs per token: start and end. */
    public static final int OUTPUTS = 2;

    private final Linear output;

    /** Adds {@code qa_outputs.weight} and {@code qa_outputs.bias}. */
    public SpanHead(ParameterArena arena, EncoderConfig config) {
        output = new Linear(
                arena,
                "qa_outputs",
                config.hiddenSize(),
                OUTPUTS,
                Initializer.truncatedNormal(config.initializerRange()));
    }

    /** Logits {@code [B*S, 2]}, start and end, from the last hidden states {@code [B*S, H]}. */
    public Variable logits(Tape tape, Variable hidden) {
        return output.apply(tape, hidden);
    }
}
