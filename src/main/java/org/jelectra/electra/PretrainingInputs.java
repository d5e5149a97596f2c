package org.jelectra.electra;

import org.jelectra.backend.Backend;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.InputArena;
import org.jelectra.tensor.Tensor;

/**
 * The tensors that one (micro-)batch is written to: B sequences of S tokens with N slots for masked positions each.
 * Meaning as in {@code org.jelectra.text.batch.Batch}. What is set stays on the host until {@link #upload} sends all of it.
 */
public final class PretrainingInputs {

    private final InputArena arena;
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
    private final Tensor judged;
    private final Tensor judgedCount;
    private final Objective objective;
    private final Tensor clock;
    private final float[] scalar = new float[1];

    /** Inputs for B sequences of S tokens with N slots each. */
    public PretrainingInputs(Backend backend, int batch, int length, int slots, Objective objective) {
        this.objective = objective;
        this.batch = batch;
        this.length = length;
        int tokens = Math.multiplyExact(batch, length);
        int masked = batch * slots;
        arena = new InputArena(backend);
        inputIds = arena.ints("inputIds", tokens);
        attentionMask = arena.ints("attentionMask", tokens);
        tokenTypes = arena.ints("tokenTypes", tokens);
        maskedInputIds = arena.ints("maskedInputIds", tokens);
        maskedRows = arena.ints("maskedRows", masked);
        maskedLabels = arena.ints("maskedLabels", masked);
        judged = objective == Objective.ELECTRA_15 ? arena.ints("judged", tokens) : attentionMask;
        clock = arena.clock();
        maskedWeights = arena.floats("maskedWeights", masked);
        maskedCount = arena.floats("maskedCount", 1);
        judgedCount = arena.floats("judgedCount", 1);
        arena.allocate();
    }

    /**
     * Sets the tokens, arrays as long as B*S.
     *
     * @param from index of the first element in each array
     */
    public void setTokens(int[] ids, int[] mask, int[] types, int[] maskedIds, int from) {
        arena.set(inputIds, ids, from);
        arena.set(attentionMask, mask, from);
        arena.set(tokenTypes, types, from);
        arena.set(maskedInputIds, maskedIds, from);
    }

    /** Sets the positions to predict, as long as B*N: row of the micro-batch times S plus position. */
    public void setMaskedRows(int[] rows) {
        arena.set(maskedRows, rows, 0);
    }

    /**
     * Sets the tokens to predict and their weights, arrays as long as B*N.
     *
     * @param from index of the first element in each array
     */
    public void setMaskedLabels(int[] labels, float[] weights, int from) {
        arena.set(maskedLabels, labels, from);
        arena.set(maskedWeights, weights, from);
    }

    /**
     * Sets which tokens the discriminator is judged by, 1 for those; for {@link Objective#ELECTRA_15}, as others judge it by all.
     *
     * @throws IllegalStateException with another objective
     */
    public void setJudged(int[] mask) {
        if (judged == attentionMask) {
            throw new IllegalStateException("with " + objective + " every token counts, expected electra-15");
        }
        arena.set(judged, mask, 0);
    }

    /**
     * Sets the losses' denominators, over the whole batch, all micro-batches together.
     *
     * @param masked sum of the slots' weights
     * @param tokens tokens that a loss of the main network over tokens counts: all, or those of {@link #setJudged}
     */
    public void setNormalizers(float masked, float tokens) {
        set(maskedCount, masked);
        set(judgedCount, tokens);
    }

    private void set(Tensor tensor, float value) {
        scalar[0] = value;
        arena.set(tensor, scalar, 0);
    }

    /** Writes what was set to the tensors, and the random counters, see {@link org.jelectra.backend.Randomness}. */
    public void upload(long seed, int step, int microBatch) {
        arena.setClock(clock, seed, step, microBatch);
        arena.upload();
    }

    /** Sequences B. */
    public int batch() {
        return batch;
    }

    /** Tokens per sequence S. */
    public int length() {
        return length;
    }

    /** What the inputs are for. */
    public Objective objective() {
        return objective;
    }

    /** What an encoder reads of these sequences: the given tokens INT32 [B*S] in the place of the original ones. */
    EncoderInputs encoder(Tensor ids) {
        return new EncoderInputs(ids, attentionMask, tokenTypes, batch, length);
    }

    Tensor inputIds() {
        return inputIds;
    }

    Tensor attentionMask() {
        return attentionMask;
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

    /** INT32 [B*S]: 1 for a token that the main network's loss over tokens counts. */
    Tensor judged() {
        return judged;
    }

    /** FLOAT32 [1]: how many these are in the whole batch. */
    Tensor judgedCount() {
        return judgedCount;
    }

    Tensor clock() {
        return clock;
    }
}
