package org.jelectra.nn;

import org.jelectra.autograd.AddNorm;
import org.jelectra.autograd.NormDropout;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Projection;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.AttentionShape;
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

    /** {@code [M, inputs]} to {@code [M, outputs]}. */
    public Variable apply(Tape tape, Variable x) {
        return tape.linear(x, tape.parameter(weight), tape.parameter(bias));
    }

    /** This layer, behind another operation. */
    Projection projection(Tape tape) {
        return new Projection(tape.parameter(weight), tape.parameter(bias));
    }

    /** {@code outer(gelu(this(x)))}: a head of two layers. */
    public Variable applyFeedForward(Tape tape, Variable x, Linear outer) {
        return tape.feedForward(
                x,
                tape.parameter(weight),
                tape.parameter(bias),
                tape.parameter(outer.weight),
                tape.parameter(outer.bias));
    }

    /** {@code outer(gelu(this(x)))}, then dropout, residual and LayerNorm: the feed-forward part of a Transformer layer. */
    public Variable applyFeedForward(Tape tape, Variable x, Linear outer, AddNorm norm) {
        return tape.feedForward(
                x,
                tape.parameter(weight),
                tape.parameter(bias),
                tape.parameter(outer.weight),
                tape.parameter(outer.bias),
                norm);
    }

    /**
     * Self-attention on query, key and value of this layer, then {@code output}, dropout, residual x and LayerNorm: the attention part
     * of a Transformer layer.
     *
     * @param dropout of the probabilities
     */
    Variable applySelfAttention(
            Tape tape, Variable x, Tensor keyMask, AttentionShape shape, Dropout dropout, Linear output, AddNorm norm) {
        return tape.selfAttention(
                x,
                keyMask,
                shape,
                dropout,
                tape.parameter(weight),
                tape.parameter(bias),
                tape.parameter(output.weight),
                tape.parameter(output.bias),
                norm);
    }

    /** As {@link #apply}, then GELU. */
    public Variable applyGelu(Tape tape, Variable x) {
        return tape.linearGelu(x, tape.parameter(weight), tape.parameter(bias));
    }

    /**
     * As {@link #applyGelu(Tape, Variable)}, then LayerNorm and dropout.
     *
     * @param rows INT32 [R]: those of x that count; null for all
     */
    public Variable applyGelu(Tape tape, Variable x, Tensor rows, NormDropout norm) {
        return tape.linearGelu(x, rows, tape.parameter(weight), tape.parameter(bias), norm);
    }
}
