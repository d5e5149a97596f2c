package org.jelectra.nn;

import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;

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

    /** {@code [M, inputs]} to {@code [M, outputs]}. */
    public Variable apply(Tape tape, Variable x) {
        return tape.linear(x, tape.parameter(weight), tape.parameter(bias));
    }

    /** {@code outer(gelu(this(x)))}: the feed-forward part of a Transformer layer, or a head of two layers. */
    public Variable applyFeedForward(Tape tape, Variable x, Linear outer) {
        return tape.feedForward(
                x,
                tape.parameter(weight),
                tape.parameter(bias),
                tape.parameter(outer.weight),
                tape.parameter(outer.bias));
    }

    /** As {@link #apply}, then GELU. */
    public Variable applyGelu(Tape tape, Variable x) {
        return tape.linearGelu(x, tape.parameter(weight), tape.parameter(bias));
    }
}
