package org.jelectra.electra.heads;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * A label or a number for a sequence, from the state of its first token, of either kind of {@link SequenceHead}:
 *
 * <ul>
 *   <li>HuggingFace's: dropout, dense layer, GELU, dropout, output layer; weights begin truncated normal, as the encoder's;
 *   <li>linear: dropout and the output layer, whose weights begin uniform by Glorot and Bengio.
 * </ul>
 */
public final class ClassificationHead {

    /** Null where the head is linear. */
    private final Linear dense;

    private final Linear output;
    private final float dropout;

    /** HuggingFace's head: {@code classifier.dense.*} and {@code classifier.out_proj.*}. */
    public ClassificationHead(ParameterArena arena, EncoderConfig config, int outputs) {
        this(arena, config, SequenceHead.HUGGINGFACE, outputs);
    }

    /**
     * Adds {@code classifier.dense.*} and {@code classifier.out_proj.*} or, where the head is linear, {@code classifier.*}.
     *
     * @param outputs one for regression, else one a class
     */
    ClassificationHead(ParameterArena arena, EncoderConfig config, SequenceHead kind, int outputs) {
        int width = config.hiddenSize();
        dropout = config.hiddenDropout();
        if (kind == SequenceHead.LINEAR) {
            dense = null;
            output = new Linear(arena, "classifier", width, outputs, Initializer.GLOROT_UNIFORM);
        } else {
            Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
            dense = new Linear(arena, "classifier.dense", width, width, initializer);
            output = new Linear(arena, "classifier.out_proj", width, outputs, initializer);
        }
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
        if (dense == null) {
            return output.apply(tape, first);
        }
        Variable transformed = tape.dropout(dense.applyGelu(tape, first), tape.newDropout(probability));
        return output.apply(tape, transformed);
    }
}
