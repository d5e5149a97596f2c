package org.jelectra.finetune;

import java.util.function.Function;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** A task's training pass, recorded for one batch size B and sequence length S: encoder, head, loss, backward. */
public abstract class TaskGraph {

    private final Backend backend;
    private final TokenInputs inputs;
    private final TextBatch batch;
    private final Tensor normalizer;
    private Tensor loss;
    private Program program;

    /**
     * Makes the inputs; the constructor of a task then makes tensors for its labels and calls {@link #record}.
     *
     * @param padId token that fills up sequences
     * @param rows B
     * @param length S
     */
    protected TaskGraph(Backend backend, int padId, int rows, int length) {
        this.backend = backend;
        inputs = new TokenInputs(backend, rows, length);
        batch = new TextBatch(inputs, padId);
        normalizer = tensor("normalizer", DType.FLOAT32, 1);
    }

    /** A tensor for labels or the like, with memory of its own. */
    protected final Tensor tensor(String name, DType dtype, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(dtype, size), 0);
    }

    /**
     * Records the whole pass.
     *
     * @param lossOf records the forward pass on a tape and returns the loss FLOAT32[1]
     */
    protected final void record(Function<Tape, Tensor> lossOf, Workspace workspace) {
        Tape tape = new Tape(backend, inputs.clock());
        loss = lossOf.apply(tape);
        tape.backward();
        program = tape.compile(workspace);
    }

    /** Writes the tokens of a batch. */
    protected final void uploadTexts(EncodedText[] texts) {
        batch.upload(texts);
    }

    /** Writes the denominator of the loss. */
    protected final void uploadNormalizer(float denominator) {
        backend.upload(new float[] {denominator}, 0, normalizer);
    }

    /** FLOAT32[1]: the denominator of the loss. */
    protected final Tensor normalizer() {
        return normalizer;
    }

    /** Where it runs. */
    protected final Backend backend() {
        return backend;
    }

    /** Where the tokens go; the loop writes its clock. */
    public final TokenInputs inputs() {
        return inputs;
    }

    /** Operations and memory. */
    public final Program program() {
        return program;
    }

    /** FLOAT32[1]: the loss that is minimised, after the forward pass. */
    public final Tensor loss() {
        return loss;
    }

    /**
     * Writes tokens, labels and the loss's denominator for a batch.
     *
     * @param examples indices of training examples of at most S tokens, 1 to B of them; rows beyond count for nothing
     */
    public abstract void upload(int[] examples);
}
