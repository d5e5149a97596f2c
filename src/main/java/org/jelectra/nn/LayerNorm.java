package org.jelectra.nn;

import org.jelectra.autograd.AddNorm;
import org.jelectra.autograd.NormDropout;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Dropout;

/** Layer normalisation (Ba, Kiros, Hinton 2016), with the residual connection before it or dropout behind it. */
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

    /** {@code LayerNorm(x)} of an x that is to come. */
    public NormDropout alone(Tape tape) {
        return new NormDropout(tape.parameter(gamma), tape.parameter(beta), epsilon, tape.newDropout(0));
    }

    /** {@code dropout(LayerNorm(x))} of an x that is to come. */
    public NormDropout beforeDropout(Tape tape, float dropoutProbability) {
        // as everywhere the normalisation itself takes a random stream, used or not: a seed keeps its meaning
        tape.newDropout(0);
        Dropout dropout = tape.newDropout(dropoutProbability);
        return new NormDropout(tape.parameter(gamma), tape.parameter(beta), epsilon, dropout);
    }

    /** {@code LayerNorm(dropout(x) + residual)} of an x that is to come; residual may be null. */
    public AddNorm after(Tape tape, float dropoutProbability, Variable residual) {
        Dropout dropout = tape.newDropout(dropoutProbability);
        return new AddNorm(dropout, residual, tape.parameter(gamma), tape.parameter(beta), epsilon);
    }
}
