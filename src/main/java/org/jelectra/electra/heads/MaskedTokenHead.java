package org.jelectra.electra.heads;

import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.LayerNorm;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/**
 * A score of every token of the vocabulary at every position, as HuggingFace's {@code ElectraForMaskedLM}: dense layer, GELU,
 * LayerNorm, then the word table as output matrix. For inference: the word table's gradient would miss this use of it.
 */
public final class MaskedTokenHead {

    private final ParameterArena arena;
    private final Linear dense;
    private final LayerNorm layerNorm;
    private final Parameter bias;

    /** Adds {@code generator_predictions.*} and {@code generator_lm_head.bias}. */
    public MaskedTokenHead(ParameterArena arena, EncoderConfig config) {
        this.arena = arena;
        Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
        int width = config.embeddingSize();
        dense = new Linear(arena, "generator_predictions.dense", config.hiddenSize(), width, initializer);
        layerNorm = new LayerNorm(arena, "generator_predictions.LayerNorm", width, config.layerNormEpsilon());
        bias = arena.add("generator_lm_head.bias", Initializer.ZEROS, config.vocabularySize());
    }

    /** Logits {@code [B*S, V]} from the last hidden states {@code [B*S, H]}. */
    public Variable logits(Tape tape, Variable hidden) {
        Variable projected = layerNorm.apply(tape, dense.applyGelu(tape, hidden));
        Parameter words = arena.parameter(EncoderWithHead.ENCODER + ".embeddings.word_embeddings.weight");
        return tape.linear(projected, tape.parameter(words), tape.parameter(bias));
    }
}
