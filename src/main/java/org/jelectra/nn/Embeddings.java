package org.jelectra.nn;

import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;

/** Word, position and token-type tables, their sum normalised, then dropout (BERT's embedding block). */
public final class Embeddings {

    private final Parameter words;
    private final Parameter positions;
    private final Parameter types;
    private final LayerNorm layerNorm;
    private final float dropout;

    /** Adds the tables to the arena under {@code name.}. */
    public Embeddings(ParameterArena arena, String name, EncoderConfig config) {
        Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
        int width = config.embeddingSize();
        words = arena.add(name + ".word_embeddings.weight", initializer, config.vocabularySize(), width);
        positions = arena.add(name + ".position_embeddings.weight", initializer, config.maxPositions(), width);
        types = arena.add(name + ".token_type_embeddings.weight", initializer, config.tokenTypes(), width);
        layerNorm = new LayerNorm(arena, name + ".LayerNorm", width, config.layerNormEpsilon());
        dropout = config.hiddenDropout();
    }

    /** The word table [V, E], which an output layer may share. */
    public Parameter words() {
        return words;
    }

    /**
     * {@code [B*S, E]}, or {@code [B*S, H]} behind a projection.
     *
     * @param projection null for none
     */
    Variable apply(Tape tape, EncoderInputs inputs, boolean training, Linear projection) {
        if (inputs.length() > positions.value().shape().rows()) {
            throw new IllegalArgumentException("sequences of " + inputs.length() + " tokens are longer than the "
                    + positions.value().shape().rows() + " positions of the model");
        }
        tape.newDropout(0); // takes a random stream that nothing reads, so that a seed keeps its meaning
        return tape.embedding(
                inputs.ids(),
                inputs.tokenTypes(),
                inputs.length(),
                tape.parameter(words),
                tape.parameter(positions),
                tape.parameter(types),
                layerNorm.parameters(tape),
                tape.newDropout(training ? dropout : 0),
                projection == null ? null : projection.parameters(tape));
    }
}
