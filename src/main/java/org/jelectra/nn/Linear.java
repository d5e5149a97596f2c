package org.jelectra.nn;

import org.jelectra.autograd.LinearParameters;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Dropout;
import org.jelectra.tensor.Tensor;

/** A dense layer: weight [outputs, inputs] and bias [outputs]. */
public final class Linear {

    private final Parameter weight;
    private final Parameter bias;

    /** A layer over parameters that exist. */
    Linear(Parameter weight, Parameter bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /** Adds {@code name.weight} and {@code name.bias} (zeros) to the arena. */
    public Linear(ParameterArena arena, String name, int inputs, int outputs, Initializer initializer) {
        this(
                arena.add(name + ".weight", initializer, outputs, inputs),
                arena.add(name + ".bias", Initializer.ZEROS, outputs));
    }

    /** This layer's parameters on a tape. */
    public LinearParameters parameters(Tape tape) {
        return new LinearParameters(tape.parameter(weight), tape.parameter(bias));
    }

    /** {@code [M, inputs]} to {@code [M, outputs]}. */
    public Variable apply(Tape tape, Variable x) {
        return tape.linear(x, tape.parameter(weight), tape.parameter(bias));
    }

    /** As {@link #apply}, then GELU. */
    public Variable applyGelu(Tape tape, Variable x) {
        return tape.linearGelu(x, tape.parameter(weight), tape.parameter(bias));
    }

    /**
     * As {@link #applyGelu(Tape, Variable)}, then LayerNorm.
     *
     * @param rows INT32 [R]: those of x that count; null for all
     */
    public Variable applyGelu(Tape tape, Variable x, Tensor rows, LayerNorm norm) {
        // takes a random stream that nothing reads, so that a seed keeps its meaning
        Dropout none = tape.newDropout(0);
        return tape.linearGelu(x, rows, parameters(tape), norm.parameters(tape), none);
    }

    /** {@code outer(gelu(this(x)))}: a head of two layers. */
    public Variable applyFeedForward(Tape tape, Variable x, Linear outer) {
        return tape.feedForward(x, parameters(tape), outer.parameters(tape));
    }
}
