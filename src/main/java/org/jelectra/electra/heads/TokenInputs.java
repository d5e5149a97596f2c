package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** The tensors that a batch of B sequences of S tokens is written to, and the counters of its random numbers. */
public final class TokenInputs {

    private final Backend backend;
    private final EncoderInputs encoder;
    private final Tensor firstTokens;
    private final Tensor clock;
    private final int[] clockValues = new int[4];

    /** Inputs for B sequences of S tokens. */
    public TokenInputs(Backend backend, int batch, int length) {
        this.backend = backend;
        int tokens = Math.multiplyExact(batch, length);
        encoder = new EncoderInputs(
                integers("inputIds", tokens),
                integers("attentionMask", tokens),
                integers("tokenTypes", tokens),
                batch,
                length);
        firstTokens = integers("firstTokens", batch);
        clock = integers("clock", 4);
        int[] rows = new int[batch];
        for (int i = 0; i < batch; i++) {
            rows[i] = i * length;
        }
        backend.upload(rows, 0, firstTokens);
    }

    private Tensor integers(String name, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(DType.INT32, size), 0);
    }

    /**
     * Writes a batch, arrays of B*S elements, row by row.
     *
     * @param mask 1 for a token, 0 for padding; a row without any token gives no sensible numbers, so padding rows need one
     */
    public void upload(int[] ids, int[] mask, int[] types) {
        backend.upload(ids, 0, encoder.ids());
        backend.upload(mask, 0, encoder.attentionMask());
        backend.upload(types, 0, encoder.tokenTypes());
    }

    /** Writes the random counters, see {@link org.jelectra.backend.Randomness}; needed where there is dropout. */
    public void uploadClock(long seed, int step) {
        clockValues[0] = (int) seed;
        clockValues[1] = (int) (seed >>> 32);
        clockValues[2] = step;
        backend.upload(clockValues, 0, clock);
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
