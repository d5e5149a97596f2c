package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.InputArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** The tensors that a batch of B sequences of S tokens is written to, and the counters of its random numbers. */
public final class TokenInputs {

    private final InputArena arena;
    private final EncoderInputs encoder;
    private final Tensor firstTokens;
    private final Tensor clock;

    /** Inputs for B sequences of S tokens. */
    public TokenInputs(Backend backend, int batch, int length) {
        this(backend, new InputArena(backend), batch, length);
        arena.allocate();
    }

    /** Inputs for B sequences of S tokens in an arena that has others, too, and is still to be allocated. */
    public TokenInputs(Backend backend, InputArena arena, int batch, int length) {
        this.arena = arena;
        int tokens = Math.multiplyExact(batch, length);
        encoder = new EncoderInputs(
                arena.ints("inputIds", tokens),
                arena.ints("attentionMask", tokens),
                arena.ints("tokenTypes", tokens),
                batch,
                length);
        clock = arena.clock();
        firstTokens = Tensor.of("firstTokens", Shape.of(batch), backend.allocate(DType.INT32, batch), 0);
        int[] rows = new int[batch];
        for (int i = 0; i < batch; i++) {
            rows[i] = i * length;
        }
        backend.upload(rows, 0, firstTokens);
    }

    /**
     * Sets a batch, arrays of B*S elements, row by row.
     *
     * @param mask 1 for a token, 0 for padding; a row without any token gives no sensible numbers, so padding rows need one
     */
    public void set(int[] ids, int[] mask, int[] types) {
        arena.set(encoder.ids(), ids, 0);
        arena.set(encoder.attentionMask(), mask, 0);
        arena.set(encoder.tokenTypes(), types, 0);
    }

    /** Sets the random counters, see {@link InputArena#setClock}; needed where there is dropout. */
    public void setClock(long seed, int step, int part) {
        arena.setClock(clock, seed, step, part);
    }

    /** Writes what was set to the tensors, and all else that was set in their arena. */
    public void upload() {
        arena.upload();
    }

    /** {@link #set} and {@link #upload()}. */
    public void upload(int[] ids, int[] mask, int[] types) {
        set(ids, mask, types);
        upload();
    }

    /** What the encoder reads. */
    public EncoderInputs encoder() {
        return encoder;
    }

    /** INT32 [B]: row of each sequence's first token among all tokens. */
    public Tensor firstTokens() {
        return firstTokens;
    }

    /** INT32 [4], for the tape. */
    public Tensor clock() {
        return clock;
    }

    /** Sequences B. */
    public int batch() {
        return encoder.batch();
    }

    /** Tokens per sequence S. */
    public int length() {
        return encoder.length();
    }
}
