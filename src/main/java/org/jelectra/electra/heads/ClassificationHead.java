package org.jelectra.electra.heads;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * A label or a number for a sequence, as HuggingFace's {@code ElectraForSequenceClassification}: the state of the first token,
 * dropout, dense layer, GELU, dropout, output layer. (The original code has the output layer alone.)
 */
public final class ClassificationHead {

    private final Linear dense;
    private final Linear output;
    private final float dropout;

    /** Adds {@code classifier.dense.*} and {@code classifier.out_proj.*}; one output for regression, else one a class. */
    public ClassificationHead(ParameterArena arena, EncoderConfig config, int outputs) {
        Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
        int width = config.hiddenSize();
        dense = new Linear(arena, "classifier.dense", width, width, initializer);
        output = new Linear(arena, "classifier.out_proj", width, outputs, initializer);
        dropout = config.hiddenDropout();
    }

    /**
     * Logits {@code [B, outputs]}.
     *
     * @param hidden last hidden states [B*S, H]
     * @param firstTokens INT32 [B]: row of each sequence's first token, see {@link TokenInputs#firstTokens}
     */
    public Variable logits(Tape tape, Variable hidden, Tensor firstTokens, boolean training) {
        float probability = training ? dropout : 0;
        Variable first = tape.dropout(tape.gatherRows(hidden, firstTokens), tape.newDropout(probability));
        Variable transformed = tape.dropout(dense.applyGelu(tape, first), tape.newDropout(probability));
        return output.apply(tape, transformed);
    }
}
