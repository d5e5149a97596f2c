package org.jelectra.text.batch;

import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;

/**
 * A pseudo-random permutation of [0, size) that needs no table: a balanced Feistel network on the next even number of bits, walked
 * along its cycle until the value is in range (fewer than four rounds of it on average).
 *
 * <p>Source: Luby and Rackoff, "How to construct pseudorandom permutations from pseudorandom functions" (1988); cycle walking
 * after Black and Rogaway, "Ciphers with arbitrary finite domains" (2002). Philox is the round function.
 */
final class FeistelPermutation {

    /** Four rounds suffice for an adversary with any access; what is asked for here is mixing only. */
    private static final int ROUNDS = 4;

    private final long size;
    private final int halfBits;
    private final RandomSource random;
    private int epoch;

    /** @param size number of values, 1 to 2^31 - 1 */
    FeistelPermutation(int size, long seed) {
        this.size = size;
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, size - 1L));
        this.halfBits = (bits + 1) / 2;
        this.random = new RandomSource(seed, RandomStreams.SHUFFLE, 0, 0);
    }

    /** From now on the permutation of this epoch. */
    void restart(long newEpoch) {
        epoch = (int) newEpoch;
    }

    /** Where {@code index} goes. */
    int apply(int index) {
        long value = index;
        do {
            value = encrypt(value);
        } while (value >= size);
        return (int) value;
    }

    private long encrypt(long value) {
        int mask = (1 << halfBits) - 1;
        int left = (int) (value >>> halfBits);
        int right = (int) value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            // substream 0 belongs to the shuffle with a table; the round comes above the 16 bits of a half
            random.restart(epoch, (round + 1) << 16 | right);
            int mixed = left ^ random.nextInt() & mask;
            left = right;
            right = mixed;
        }
        return (long) left << halfBits | right;
    }
}
