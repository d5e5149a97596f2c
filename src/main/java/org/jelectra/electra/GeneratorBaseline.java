package org.jelectra.electra;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * What an adversarial generator expects of the discriminator, a linear layer on its last hidden states (Clark et al. 2020, appendix
 * F). It takes the states as constants: a baseline lessens the variance of the generator's gradient, and what is learnt for it must not
 * move the generator. It belongs to a training and not to the model that comes of it, so it is in snapshots and in no model's files.
 */
final class GeneratorBaseline {

    private final Linear layer;

    /** Adds {@code generator_baseline.*}. */
    GeneratorBaseline(ParameterArena arena, EncoderConfig generator) {
        layer = new Linear(arena, "generator_baseline", generator.hiddenSize(), 1, Initializer.GLOROT_UNIFORM);
    }

    /** Logits {@code [R, 1]} at the given rows of the last hidden states {@code [B*S, H]}; no gradient reaches these. */
    Variable logits(Tape tape, Variable hidden, Tensor rows) {
        return layer.apply(tape, tape.gatherRows(tape.constant(hidden.value()), rows));
    }
}
