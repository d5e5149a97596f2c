package org.jelectra.nn;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;

/** One post-norm Transformer layer (Vaswani et al. 2017; BERT): attention, then feed-forward, each with residual and LayerNorm. */
final class EncoderLayer {

    private final SelfAttention attention;
    private final Linear intermediate;
    private final Linear output;
    private final LayerNorm layerNorm;
    private final float dropout;

    EncoderLayer(ParameterArena arena, String name, EncoderConfig config) {
        Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
        attention = new SelfAttention(arena, name + ".attention", config);
        intermediate = new Linear(
                arena, name + ".intermediate.dense", config.hiddenSize(), config.intermediateSize(), initializer);
        output = new Linear(arena, name + ".output.dense", config.intermediateSize(), config.hiddenSize(), initializer);
        layerNorm = new LayerNorm(arena, name + ".output.LayerNorm", config.hiddenSize(), config.layerNormEpsilon());
        dropout = config.hiddenDropout();
    }

    Variable apply(Tape tape, Variable x, EncoderInputs inputs, boolean training) {
        Variable attended = attention.apply(tape, x, inputs, training);
        return tape.feedForward(
                attended,
                intermediate.parameters(tape),
                output.parameters(tape),
                tape.newDropout(training ? dropout : 0),
                layerNorm.parameters(tape));
    }
}
