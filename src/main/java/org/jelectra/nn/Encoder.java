package org.jelectra.nn;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;

/** Embeddings, projection to the hidden size where the widths differ, and a stack of layers. */
public final class Encoder {

    private final Embeddings embeddings;
    private final Linear projection;
    private final List<EncoderLayer> layers = new ArrayList<>();

    /**
     * Adds the parameters to the arena under {@code name.}, with HuggingFace's names.
     *
     * @param embeddings tables to use, possibly another encoder's
     */
    public Encoder(ParameterArena arena, String name, EncoderConfig config, Embeddings embeddings) {
        this.embeddings = embeddings;
        projection = config.projectsEmbeddings()
                ? new Linear(
                        arena,
                        name + ".embeddings_project",
                        config.embeddingSize(),
                        config.hiddenSize(),
                        Initializer.GLOROT_UNIFORM)
                : null;
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(new EncoderLayer(arena, name + ".encoder.layer." + layer, config));
        }
    }

    /** The embedding block. */
    public Embeddings embeddings() {
        return embeddings;
    }

    /** Hidden states {@code [B*S, H]}: element 0 the input of the first layer, element k the output of layer k. */
    public List<Variable> apply(Tape tape, EncoderInputs inputs, boolean training) {
        List<Variable> states = new ArrayList<>();
        Variable state = embeddings.apply(tape, inputs, training, projection);
        states.add(state);
        for (EncoderLayer layer : layers) {
            state = layer.apply(tape, state, inputs, training);
            states.add(state);
        }
        return states;
    }
}
