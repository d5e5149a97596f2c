package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * Where an operation's random numbers come from: Philox-4x32-7 with the key in {@code clock[0..1]} (the seed, low word first),
 * and the counter (element block, high word, stream, step) with the step in {@code clock[2]}. {@code clock[3]} is the index i
 * of the micro-batch under gradient accumulation: an operation on n elements then numbers them from i*n on, which are the
 * numbers that the same rows have in one large batch.
 *
 * <p>Seven rounds, not ten: a step draws hundreds of millions of numbers, twice, and in attention they are most of what dropout
 * costs. Seven are the fewest with which the generator passes every test of BigCrush, by its authors, and FlashAttention's dropout has
 * as many. Their default is ten, for a margin of safety; what is drawn far less often, as masks and initial weights, has those
 * ({@link org.jelectra.random.RandomSource}).
 *
 * @param clock INT32[4]: seed low, seed high, step, micro-batch; data that a replay reads
 * @param stream number of this use of randomness, see {@link org.jelectra.random.RandomStreams}
 */
public record Randomness(Tensor clock, int stream) {

    /** Rounds of Philox. */
    public static final int ROUNDS = 7;
}
