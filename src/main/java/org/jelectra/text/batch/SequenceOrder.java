package org.jelectra.text.batch;

import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * The order in which sequences are trained on: a fresh permutation of all of them in every epoch, each a function of (seed,
 * epoch) alone, so that a resumed run goes on exactly where it stopped. Not safe for use by several threads.
 */
final class SequenceOrder {

    /** From here on the permutation is computed rather than stored, which would take 4 bytes per sequence: 64 MiB. */
    static final int LARGEST_TABLE = 1 << 24;

    private final int size;
    private final long seed;
    private final int[] permutation;
    private final FeistelPermutation computed;
    private long epoch = -1;

    /** @param size number of sequences, at least 1 */
    SequenceOrder(int size, long seed) {
        this(size, seed, LARGEST_TABLE);
    }

    SequenceOrder(int size, long seed, int largestTable) {
        if (size < 1) {
            throw new IllegalArgumentException("expected at least one sequence, got " + size);
        }
        this.size = size;
        this.seed = seed;
        this.permutation = size <= largestTable ? new int[size] : null;
        this.computed = size <= largestTable ? null : new FeistelPermutation(size, seed);
    }

    /** Number of sequences, the length of an epoch. */
    int size() {
        return size;
    }

    /**
     * The sequence at a position of the run, counted through all epochs. Allocates only when the epoch changes.
     *
     * @throws IndexOutOfBoundsException if the position is negative
     */
    int sequence(long position) {
        if (position < 0) {
            throw new IndexOutOfBoundsException("position must not be negative, got " + position);
        }
        long wanted = position / size;
        if (wanted != epoch) {
            shuffle(wanted);
        }
        int index = (int) (position % size);
        return computed == null ? permutation[index] : computed.apply(index);
    }

    // Fisher-Yates from the identity, so that an epoch does not depend on the one computed before.
    private void shuffle(long newEpoch) {
        epoch = newEpoch;
        if (computed != null) {
            computed.restart(newEpoch);
            return;
        }
        RandomSource random = new RandomSource(seed, RandomStreams.SHUFFLE, (int) newEpoch, 0);
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            permutation[i] = permutation[j];
            permutation[j] = i;
        }
    }
}
