package org.jelectra.electra;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * The tensors that one (micro-)batch is written to: B sequences of S tokens with N slots for masked positions each.
 * Meaning as in {@code org.jelectra.text.Batch}. What is set stays on the host until {@link #upload} sends all of it, by one copy for
 * each of the two types.
 */
public final class PretrainingInputs {

    /** Tensors begin at multiples of this many elements. */
    private static final int ALIGNMENT = 64;

    private final Backend backend;
    private final int batch;
    private final int length;
    private final Tensor ints;
    private final Tensor floats;
    private final int[] intValues;
    private final float[] floatValues;
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

    /** Inputs for B sequences of S tokens with N slots each. */
    public PretrainingInputs(Backend backend, int batch, int length, int slots) {
        this.backend = backend;
        this.batch = batch;
        this.length = length;
        int tokens = Math.multiplyExact(batch, length);
        int masked = batch * slots;
        ints = whole(
                "integers", DType.INT32, Math.addExact(Math.multiplyExact(4, place(tokens)), 2 * place(masked) + 4));
        floats = whole("numbers", DType.FLOAT32, place(masked) + place(1) + 1);
        intValues = new int[(int) ints.size()];
        floatValues = new float[(int) floats.size()];
        inputIds = part(ints, "inputIds", tokens, 0);
        attentionMask = part(ints, "attentionMask", tokens, after(inputIds));
        tokenTypes = part(ints, "tokenTypes", tokens, after(attentionMask));
        maskedInputIds = part(ints, "maskedInputIds", tokens, after(tokenTypes));
        maskedRows = part(ints, "maskedRows", masked, after(maskedInputIds));
        maskedLabels = part(ints, "maskedLabels", masked, after(maskedRows));
        clock = part(ints, "clock", 4, after(maskedLabels));
        maskedWeights = part(floats, "maskedWeights", masked, 0);
        maskedCount = part(floats, "maskedCount", 1, after(maskedWeights));
        tokenCount = part(floats, "tokenCount", 1, after(maskedCount));
    }

    private Tensor whole(String name, DType dtype, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(dtype, size), 0);
    }

    private static Tensor part(Tensor whole, String name, int size, int offset) {
        return Tensor.of(name, Shape.of(size), whole.storage(), offset);
    }

    private static int after(Tensor tensor) {
        return Math.toIntExact(tensor.offset()) + place((int) tensor.size());
    }

    private static int place(int size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /**
     * Sets the tokens, arrays as long as B*S.
     *
     * @param from index of the first element in each array
     */
    public void setTokens(int[] ids, int[] mask, int[] types, int[] maskedIds, int from) {
        set(inputIds, ids, from);
        set(attentionMask, mask, from);
        set(tokenTypes, types, from);
        set(maskedInputIds, maskedIds, from);
    }

    /** Sets the positions to predict, as long as B*N: row of the micro-batch times S plus position. */
    public void setMaskedRows(int[] rows) {
        set(maskedRows, rows, 0);
    }

    /**
     * Sets the tokens to predict and their weights, arrays as long as B*N.
     *
     * @param from index of the first element in each array
     */
    public void setMaskedLabels(int[] labels, float[] weights, int from) {
        set(maskedLabels, labels, from);
        System.arraycopy(weights, from, floatValues, (int) maskedWeights.offset(), (int) maskedWeights.size());
    }

    /** Sets the losses' denominators: the sums over the whole batch, all micro-batches together. */
    public void setNormalizers(float masked, float tokens) {
        floatValues[(int) maskedCount.offset()] = masked;
        floatValues[(int) tokenCount.offset()] = tokens;
    }

    private void set(Tensor tensor, int[] values, int from) {
        System.arraycopy(values, from, intValues, (int) tensor.offset(), (int) tensor.size());
    }

    /** Writes what was set to the tensors, and the random counters, see {@link org.jelectra.backend.Randomness}. */
    public void upload(long seed, int step, int microBatch) {
        int at = (int) clock.offset();
        intValues[at] = (int) seed;
        intValues[at + 1] = (int) (seed >>> 32);
        intValues[at + 2] = step;
        intValues[at + 3] = microBatch;
        backend.upload(intValues, 0, ints);
        backend.upload(floatValues, 0, floats);
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
