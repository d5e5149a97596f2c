package org.jelectra.electra.heads;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * Start, end and existence of an answer, as the original code computes them for SQuAD: the end depends on the start, and a
 * classifier of its own says whether there is an answer. With h the last hidden states:
 *
 * <ul>
 *   <li>start logit of position t: a dense layer of h[t] with one output;
 *   <li>end logit of t after a start s: dense layer of [h[t], h[s]] with 512 outputs, GELU, dense layer with one;
 *   <li>logit of "no answer": the same over [h[0], m], m the mean of all h[t] under the softmax of the start logits.
 * </ul>
 *
 * <p>Weights begin as in the original, uniform by Glorot and Bengio, biases with 0; there is no dropout beyond the encoder's.
 */
public final class JointSpanHead {

    /** Width of the layer over two vectors. */
    private static final int HIDDEN = 512;

    private final Linear start;
    private final PairLayer end;
    private final PairLayer unanswerable;

    /** Adds {@code qa_start.*}, {@code qa_end.*} and {@code qa_unanswerable.*}. */
    public JointSpanHead(ParameterArena arena, EncoderConfig config) {
        this(arena, config.hiddenSize(), HIDDEN);
    }

    /** A head over states of one width, with a layer of another. */
    JointSpanHead(ParameterArena arena, int width, int hidden) {
        start = new Linear(arena, "qa_start", width, 1, Initializer.GLOROT_UNIFORM);
        end = new PairLayer(arena, "qa_end", width, hidden);
        unanswerable = new PairLayer(arena, "qa_unanswerable", width, hidden);
    }

    /** Start logits {@code [B*S, 1]} from the last hidden states {@code [B*S, H]}. */
    public Variable starts(Tape tape, Variable hidden) {
        return start.apply(tape, hidden);
    }

    /** What the ends have in common whatever the start is, {@code [B*S, 512]}. */
    public Variable endFeatures(Tape tape, Variable hidden) {
        return end.first(tape, hidden);
    }

    /**
     * End logits {@code [B*S, 1]} after one start in each sequence.
     *
     * @param endFeatures of {@link #endFeatures}
     * @param startRows INT32 [B]: row of each sequence's start among all tokens
     */
    public Variable ends(
            Tape tape, Variable hidden, Variable endFeatures, Tensor startRows, AnswerPositions positions) {
        return end.logits(tape, endFeatures, tape.gatherRows(hidden, startRows), positions.sequences());
    }

    /**
     * Logits {@code [B, 1]} of "no answer".
     *
     * @param starts start logits
     */
    public Variable unanswerable(
            Tape tape, Variable hidden, Variable starts, TokenInputs inputs, AnswerPositions positions) {
        Variable mean = tape.poolPositions(starts, hidden, positions.allowed(), inputs.batch());
        Variable first = unanswerable.first(tape, tape.gatherRows(hidden, inputs.firstTokens()));
        return unanswerable.logits(tape, first, mean, positions.each());
    }
}
