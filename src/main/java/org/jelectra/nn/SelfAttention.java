package org.jelectra.nn;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;

/** Multi-head self-attention: one product for query, key and value, attention, output projection. */
final class SelfAttention {

    private final EncoderConfig config;
    private final Linear queryKeyValue;
    private final Linear output;
    private final LayerNorm layerNorm;

    SelfAttention(ParameterArena arena, String name, EncoderConfig config) {
        this.config = config;
        Initializer initializer = Initializer.truncatedNormal(config.initializerRange());
        int width = config.hiddenSize();
        List<String> roles = List.of("query", "key", "value");
        queryKeyValue = new Linear(
                arena.addStacked(
                        name + ".self.weight",
                        roles.stream()
                                .map(role -> name + ".self." + role + ".weight")
                                .toList(),
                        initializer,
                        width,
                        width),
                arena.addStacked(
                        name + ".self.bias",
                        roles.stream()
                                .map(role -> name + ".self." + role + ".bias")
                                .toList(),
                        Initializer.ZEROS,
                        width));
        output = new Linear(arena, name + ".output.dense", width, width, initializer);
        layerNorm = new LayerNorm(arena, name + ".output.LayerNorm", width, config.layerNormEpsilon());
    }

    Variable apply(Tape tape, Variable x, EncoderInputs inputs, boolean training) {
        AttentionShape shape = new AttentionShape(inputs.batch(), inputs.length(), config.heads(), config.headSize());
        Dropout dropout = tape.newDropout(training ? config.attentionDropout() : 0);
        return tape.selfAttention(
                x,
                inputs.attentionMask(),
                shape,
                dropout,
                queryKeyValue.parameters(tape),
                output.parameters(tape),
                tape.newDropout(training ? config.hiddenDropout() : 0),
                layerNorm.parameters(tape));
    }
}
