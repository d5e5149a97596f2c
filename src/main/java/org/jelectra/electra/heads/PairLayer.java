package org.jelectra.electra.heads;

import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/**
 * A logit for a pair of vectors: dense layer over both, GELU, output layer. The matrix over the pair is kept as two, one for each
 * vector, so that what they have in common with other pairs is computed once.
 */
final class PairLayer {

    private final Linear first;
    private final Parameter second;
    private final Linear output;

    /**
     * Adds {@code name.first_dense.weight} and {@code bias}, {@code name.second_dense.weight} (one bias is enough) and
     * {@code name.output.weight} and {@code bias}.
     *
     * @param width of each of the two vectors
     */
    PairLayer(ParameterArena arena, String name, int width, int hidden) {
        Initializer dense = Initializer.glorotUniform(2 * width, hidden);
        first = new Linear(arena, name + ".first_dense", width, hidden, dense);
        second = arena.add(name + ".second_dense.weight", dense, hidden, width);
        output = new Linear(arena, name + ".output", hidden, 1, Initializer.GLOROT_UNIFORM);
    }

    /** What the first vectors {@code [R, width]} contribute: {@code [R, hidden]}. */
    Variable first(Tape tape, Variable vectors) {
        return first.apply(tape, vectors);
    }

    /**
     * Logits {@code [R, 1]}.
     *
     * @param firstPart of {@link #first}
     * @param vectors second vectors {@code [G, width]}
     * @param rows INT32 [R]: which second vector belongs to each of the first
     */
    Variable logits(Tape tape, Variable firstPart, Variable vectors, Tensor rows) {
        Variable secondPart = tape.linear(vectors, tape.parameter(second), null);
        return output.apply(tape, tape.addRowsGelu(firstPart, secondPart, rows));
    }
}
