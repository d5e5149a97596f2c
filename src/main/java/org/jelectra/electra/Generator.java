package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.LayerNorm;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * The masked-language model: encoder, then dense, GELU and LayerNorm to the width of the word table, then the table itself as
 * output matrix. Hidden states are gathered at the masked positions first, so that logits exist for those alone.
 */
public final class Generator {

    private final Encoder encoder;
    private final Linear dense;
    private final LayerNorm layerNorm;
    private final Parameter outputBias;

    Generator(ParameterArena arena, String name, EncoderConfig config, Encoder encoder) {
        this.encoder = encoder;
        dense = new Linear(
                arena,
                name + ".generator_predictions.dense",
                config.hiddenSize(),
                config.embeddingSize(),
                Initializer.truncatedNormal(config.initializerRange()));
        layerNorm = new LayerNorm(
                arena, name + ".generator_predictions.LayerNorm", config.embeddingSize(), config.layerNormEpsilon());
        outputBias = arena.add(name + ".generator_lm_head.bias", Initializer.ZEROS, config.vocabularySize());
    }

    /** Hidden states as {@link Encoder#apply} returns them. */
    public List<Variable> encode(Tape tape, EncoderInputs inputs, boolean training) {
        return encoder.apply(tape, inputs, training);
    }

    /** Logits {@code [R, V]} at the given rows of the last hidden states. */
    public Variable logits(Tape tape, Variable hidden, Tensor rows) {
        Variable gathered = tape.gatherRows(hidden, rows);
        Variable projected = layerNorm.apply(tape, dense.applyGelu(tape, gathered));
        return tape.linear(projected, tape.parameter(encoder.embeddings().words()), tape.parameter(outputBias));
    }
}
