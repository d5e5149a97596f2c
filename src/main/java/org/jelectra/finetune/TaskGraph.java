package org.jelectra.finetune;

import java.util.Arrays;
import java.util.function.Function;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.TextBatch;
import org.jelectra.nn.InputArena;
import org.jelectra.tensor.Tensor;

/** A task's training pass, recorded for one batch size B and sequence length S: encoder, head, loss, backward. */
public abstract class TaskGraph {

    private final Backend backend;
    private final Reduction reduction;
    private final InputArena arena;
    private final TokenInputs inputs;
    private final TextBatch batch;
    private final Tensor normalizer;
    private Tensor loss;
    private Program program;

    /**
     * Makes the inputs; the constructor of a task then makes tensors for its labels and calls {@link #record}.
     *
     * @param reduction what the loss is divided by
     * @param padId token that fills up sequences
     * @param rows B
     * @param length S
     */
    protected TaskGraph(Backend backend, Reduction reduction, int padId, int rows, int length) {
        this.backend = backend;
        this.reduction = reduction;
        arena = new InputArena(backend);
        inputs = new TokenInputs(backend, arena, rows, length);
        batch = new TextBatch(inputs, padId);
        normalizer = arena.floats("normalizer", 1);
    }

    /** A tensor INT32 [size] for labels or the like. */
    protected final Tensor ints(String name, int size) {
        return arena.ints(name, size);
    }

    /** A tensor FLOAT32 [size] for labels or the like. */
    protected final Tensor floats(String name, int size) {
        return arena.floats(name, size);
    }

    /**
     * Gives the inputs their memory and records the whole pass.
     *
     * @param lossOf records the forward pass on a tape and returns the loss FLOAT32[1]
     */
    protected final void record(Function<Tape, Tensor> lossOf, Workspace workspace) {
        arena.allocate();
        Tape tape = new Tape(backend, inputs.clock());
        loss = lossOf.apply(tape);
        tape.backward();
        program = tape.compile(workspace);
    }

    /** Sets the tokens of a batch. */
    protected final void setTexts(EncodedText[] texts) {
        batch.set(texts);
    }

    /** Sets a tensor of {@link #ints}. */
    protected final void set(Tensor tensor, int[] values) {
        arena.set(tensor, values, 0);
    }

    /** Sets a tensor of {@link #floats}. */
    protected final void set(Tensor tensor, float... values) {
        arena.set(tensor, values, 0);
    }

    /** Sets the denominator of the loss for so many examples, or words, times a factor that is the task's. */
    protected final void setNormalizer(int count, float factor) {
        set(normalizer, factor * reduction.divisor(count));
    }

    /** FLOAT32[1]: the denominator of the loss. */
    protected final Tensor normalizer() {
        return normalizer;
    }

    /** Where it runs. */
    protected final Backend backend() {
        return backend;
    }

    /** The tokens' tensors. */
    protected final TokenInputs inputs() {
        return inputs;
    }

    /** Operations and memory. */
    public final Program program() {
        return program;
    }

    /** FLOAT32[1]: the loss that is minimised, or its part, after the forward pass. */
    public final Tensor loss() {
        return loss;
    }

    /**
     * Writes a part of a step's batch, and the counters of its random numbers.
     *
     * @param batch indices of training examples of at most S tokens, at least one; rows beyond them count for nothing
     * @param part counts from 0: examples part*B and on
     */
    public final void upload(int[] batch, int part, long seed, int step) {
        int rows = inputs.batch();
        set(Arrays.copyOfRange(batch, part * rows, Math.min(batch.length, (part + 1) * rows)), batch);
        inputs.setClock(seed, step, part);
        arena.upload();
    }

    /**
     * Sets tokens and labels of some examples, 1 to B of them, and the loss's denominator, which is that of the whole batch: the losses of
     * its parts add up to its loss.
     */
    protected abstract void set(int[] examples, int[] batch);
}
