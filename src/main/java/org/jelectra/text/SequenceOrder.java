package org.jelectra.text;

import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * The order in which sequences are trained on: a fresh permutation of all of them in every epoch, each a function of (seed,
 * epoch) alone, so that a resumed run goes on exactly where it stopped. Not safe for use by several threads.
 */
public final class SequenceOrder {

    private final int size;
    private final long seed;
    private final int[] permutation;
    private long epoch = -1;

    /** @param size number of sequences, at least 1 */
    public SequenceOrder(int size, long seed) {
        if (size < 1) {
            throw new IllegalArgumentException("expected at least one sequence, got " + size);
        }
        this.size = size;
        this.seed = seed;
        this.permutation = new int[size];
    }

    /** Number of sequences, the length of an epoch. */
    public int size() {
        return size;
    }

    /**
     * The sequence at a position of the run, counted through all epochs. Allocates only when the epoch changes.
     *
     * @throws IndexOutOfBoundsException if the position is negative
     */
    public int sequence(long position) {
        if (position < 0) {
            throw new IndexOutOfBoundsException("position must not be negative, got " + position);
        }
        long wanted = position / size;
        if (wanted != epoch) {
            shuffle(wanted);
        }
        return permutation[(int) (position % size)];
    }

    // Fisher-Yates from the identity, so that an epoch does not depend on the one computed before.
    private void shuffle(long newEpoch) {
        RandomSource random = new RandomSource(seed, RandomStreams.SHUFFLE, (int) newEpoch, 0);
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            permutation[i] = permutation[j];
            permutation[j] = i;
        }
        epoch = newEpoch;
    }
}
