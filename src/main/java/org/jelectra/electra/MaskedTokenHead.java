package org.jelectra.electra;

import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.LayerNorm;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * A score for every token of the vocabulary, as HuggingFace's {@code ElectraForMaskedLM} has it: dense, GELU and LayerNorm to the
 * width of the word table, then the table itself as output matrix.
 */
public final class MaskedTokenHead {

    /** Name of the output's bias, without a prefix. */
    public static final String BIAS = "generator_lm_head.bias";

    private final Linear dense;
    private final LayerNorm layerNorm;
    private final Parameter bias;

    /**
     * Adds {@code generator_predictions.*} and {@code generator_lm_head.bias}.
     *
     * @param prefix begins these names; empty, or with a dot at its end
     */
    public MaskedTokenHead(ParameterArena arena, String prefix, EncoderConfig config) {
        String name = prefix + "generator_predictions";
        int width = config.embeddingSize();
        dense = new Linear(
                arena,
                name + ".dense",
                config.hiddenSize(),
                width,
                Initializer.truncatedNormal(config.initializerRange()));
        layerNorm = new LayerNorm(arena, name + ".LayerNorm", width, config.layerNormEpsilon());
        bias = arena.add(prefix + BIAS, Initializer.ZEROS, config.vocabularySize());
    }

    /**
     * Logits {@code [R, V]}.
     *
     * @param hidden last hidden states {@code [M, H]}
     * @param rows INT32 {@code [R]}: those of them that get logits; null for all
     * @param words the word table {@code [V, E]}
     */
    public Variable logits(Tape tape, Variable hidden, Tensor rows, Parameter words) {
        return tape.linear(projected(tape, hidden, rows), tape.parameter(words), tape.parameter(bias));
    }

    /** The same for a loss: {@code [R, V or more]}, see {@link Tape#logits}. */
    public Variable wideLogits(Tape tape, Variable hidden, Tensor rows, Parameter words) {
        return tape.logits(projected(tape, hidden, rows), tape.parameter(words), tape.parameter(bias));
    }

    private Variable projected(Tape tape, Variable hidden, Tensor rows) {
        return dense.applyGelu(tape, hidden, rows, layerNorm);
    }
}
