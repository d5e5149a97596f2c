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
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The main network of {@link Objective#ALL_TOKENS_MLM}: it predicts the original token at every position, as a mixture of its input
 * token and a softmax over the vocabulary. A copy gate, the sigmoid of a linear layer on the last hidden states, is the input's share.
 */
public final class CopyingTokenPredictor implements MainNetwork {

    /** Begins the names of the gate's parameters. */
    static final String GATE = "copy_gate";

    private final Encoder encoder;
    private final MaskedTokenHead head;
    private final Linear gate;

    CopyingTokenPredictor(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        head = new MaskedTokenHead(arena, name + ".", config);
        gate = new Linear(arena, GATE, config.hiddenSize(), 1, Initializer.GLOROT_UNIFORM);
    }

    @Override
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    @Override
    public MainResults learn(
            Tape tape, Variable hidden, CorruptedTokens tokens, PretrainingInputs inputs, float weight) {
        Variable logits =
                head.wideLogits(tape, hidden, null, encoder.embeddings().words());
        Variable copies = gate.apply(tape, hidden);
        Tensor correct = tape.keep(
                tape.tensor("mainCorrect", DType.FLOAT32, (int) tokens.ids().size()));
        Tensor loss = tape.losses()
                .copyCrossEntropy(
                        logits,
                        copies,
                        tokens.ids(),
                        inputs.inputIds(),
                        inputs.judged(),
                        inputs.judgedCount(),
                        correct,
                        weight);
        return new MainResults.Prediction(loss, correct);
    }
}
