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
 * The main network of {@link Objective#REPLACE_MLM}: it predicts the original tokens at the selected positions, where its input has the
 * generator's. Head and loss are those of masked-language modelling.
 */
public final class TokenPredictor implements MainNetwork {

    private final Encoder encoder;
    private final MaskedTokenHead head;

    TokenPredictor(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        head = new MaskedTokenHead(arena, name + ".", config);
    }

    @Override
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    @Override
    public MainResults learn(
            Tape tape, Variable hidden, CorruptedTokens tokens, PretrainingInputs inputs, float weight) {
        Tensor rows = inputs.maskedRows();
        Variable logits =
                head.wideLogits(tape, hidden, rows, encoder.embeddings().words());
        Tensor correct = tape.keep(tape.tensor("mainCorrect", DType.FLOAT32, (int) rows.size()));
        Tensor loss = tape.losses()
                .crossEntropy(
                        logits,
                        inputs.maskedLabels(),
                        inputs.maskedWeights(),
                        inputs.maskedCount(),
                        correct,
                        weight,
                        null);
        return new MainResults.Prediction(loss, correct);
    }
}
