package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * Where an operation's random numbers come from: Philox-4x32-10 with the key in {@code clock[0..1]} (the seed, low word first),
 * and the counter (element block, high word, stream, step) with the step in {@code clock[2]}. {@code clock[3]} is the index i
 * of the micro-batch under gradient accumulation: an operation on n elements then numbers them from i*n on, which are the
 * numbers that the same rows have in one large batch.
 *
 * @param clock INT32[4]: seed low, seed high, step, micro-batch; data that a replay reads
 * @param stream number of this use of randomness, see {@link org.jelectra.random.RandomStreams}
 */
public record Randomness(Tensor clock, int stream) {}
