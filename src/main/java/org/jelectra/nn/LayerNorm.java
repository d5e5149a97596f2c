package org.jelectra.nn;

import org.jelectra.autograd.LayerNormParameters;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;

/** Layer normalisation (Ba, Kiros, Hinton 2016). */
public final class LayerNorm {

    private final Parameter gamma;
    private final Parameter beta;
    private final float epsilon;

    /** Adds {@code name.weight} (ones) and {@code name.bias} (zeros) to the arena. */
    public LayerNorm(ParameterArena arena, String name, int width, float epsilon) {
        this.gamma = arena.add(name + ".weight", Initializer.ONES, width);
        this.beta = arena.add(name + ".bias", Initializer.ZEROS, width);
        this.epsilon = epsilon;
    }

    /** {@code LayerNorm(x)}, [M, width] as x. */
    public Variable apply(Tape tape, Variable x) {
        return tape.layerNorm(x, tape.parameter(gamma), tape.parameter(beta), epsilon);
    }

    /** This layer's parameters on a tape. */
    public LayerNormParameters parameters(Tape tape) {
        return new LayerNormParameters(tape.parameter(gamma), tape.parameter(beta), epsilon);
    }
}
