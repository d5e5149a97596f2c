package org.jelectra.electra;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * The tensors that one (micro-)batch is written to: B sequences of S tokens with N slots for masked positions each.
 * Meaning as in {@code org.jelectra.text.Batch}.
 */
public final class PretrainingInputs {

    private final Backend backend;
    private final int batch;
    private final int length;
    private final Tensor inputIds;
    private final Tensor attentionMask;
    private final Tensor tokenTypes;
    private final Tensor maskedInputIds;
    private final Tensor maskedRows;
    private final Tensor maskedLabels;
    private final Tensor maskedWeights;
    private final Tensor maskedCount;
    private final Tensor tokenCount;
    private final Tensor clock;
    private final float[] scalar = new float[1];
    private final int[] clockValues = new int[4];

    /** Inputs for B sequences of S tokens with N slots each. */
    public PretrainingInputs(Backend backend, int batch, int length, int slots) {
        this.backend = backend;
        this.batch = batch;
        this.length = length;
        int tokens = Math.multiplyExact(batch, length);
        inputIds = tensor("inputIds", DType.INT32, tokens);
        attentionMask = tensor("attentionMask", DType.INT32, tokens);
        tokenTypes = tensor("tokenTypes", DType.INT32, tokens);
        maskedInputIds = tensor("maskedInputIds", DType.INT32, tokens);
        maskedRows = tensor("maskedRows", DType.INT32, batch * slots);
        maskedLabels = tensor("maskedLabels", DType.INT32, batch * slots);
        maskedWeights = tensor("maskedWeights", DType.FLOAT32, batch * slots);
        maskedCount = tensor("maskedCount", DType.FLOAT32, 1);
        tokenCount = tensor("tokenCount", DType.FLOAT32, 1);
        clock = tensor("clock", DType.INT32, 4);
    }

    private Tensor tensor(String name, DType dtype, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(dtype, size), 0);
    }

    /**
     * Writes the tokens, arrays as long as B*S.
     *
     * @param from index of the first element in each array
     */
    public void uploadTokens(int[] ids, int[] mask, int[] types, int[] maskedIds, int from) {
        backend.upload(ids, from, inputIds);
        backend.upload(mask, from, attentionMask);
        backend.upload(types, from, tokenTypes);
        backend.upload(maskedIds, from, maskedInputIds);
    }

    /** Writes the positions to predict, as long as B*N: row of the micro-batch times S plus position. */
    public void uploadMaskedRows(int[] rows) {
        backend.upload(rows, 0, maskedRows);
    }

    /**
     * Writes the tokens to predict and their weights, arrays as long as B*N.
     *
     * @param from index of the first element in each array
     */
    public void uploadMaskedLabels(int[] labels, float[] weights, int from) {
        backend.upload(labels, from, maskedLabels);
        backend.upload(weights, from, maskedWeights);
    }

    /** Writes the losses' denominators: the sums over the whole batch, all micro-batches together. */
    public void uploadNormalizers(float masked, float tokens) {
        scalar[0] = masked;
        backend.upload(scalar, 0, maskedCount);
        scalar[0] = tokens;
        backend.upload(scalar, 0, tokenCount);
    }

    /** Writes the random counters, see {@link org.jelectra.backend.Randomness}. */
    public void uploadClock(long seed, int step, int microBatch) {
        clockValues[0] = (int) seed;
        clockValues[1] = (int) (seed >>> 32);
        clockValues[2] = step;
        clockValues[3] = microBatch;
        backend.upload(clockValues, 0, clock);
    }

    /** Sequences B. */
    public int batch() {
        return batch;
    }

    /** Tokens per sequence S. */
    public int length() {
        return length;
    }

    Tensor inputIds() {
        return inputIds;
    }

    Tensor attentionMask() {
        return attentionMask;
    }

    Tensor tokenTypes() {
        return tokenTypes;
    }

    Tensor maskedInputIds() {
        return maskedInputIds;
    }

    Tensor maskedRows() {
        return maskedRows;
    }

    Tensor maskedLabels() {
        return maskedLabels;
    }

    Tensor maskedWeights() {
        return maskedWeights;
    }

    Tensor maskedCount() {
        return maskedCount;
    }

    Tensor tokenCount() {
        return tokenCount;
    }

    Tensor clock() {
        return clock;
    }
}
