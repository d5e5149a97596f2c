package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.Randomness;
import org.jelectra.random.Philox;

/**
 * Philox blocks, one in each long lane, of {@link Randomness#ROUNDS} rounds: the four words of the state are kept as unsigned numbers
 * in longs, where a 32 x 32 bit product is one multiplication.
 *
 * <p>The state goes through memory (first-level cache) after every other round. A loop over rounds that keeps it in registers
 * would save half of the loads and stores, but in some JVM runs the compiler then boxes the vectors, which takes many times
 * as long.
 */
final class VectorPhilox {

    /** Blocks at a time. */
    static final int BLOCKS = 128;

    private static final VectorSpecies<Long> J = LongVector.SPECIES_PREFERRED;
    private static final int LANES = J.length();
    private static final long UNSIGNED = 0xFFFFFFFFL;

    private final long[] state = new long[4 * BLOCKS];

    /**
     * Writes the words of {@code count} blocks (at most {@link #BLOCKS}), the first having the number {@code block}: two longs
     * for each, the lower half of a long being the earlier word.
     */
    void blocks(int k0, int k1, int stream, int step, long block, int count, long[] words) {
        // the first round, half of which is the same for all blocks; the others, an even number, come in pairs
        long p1 = (Philox.M1 & UNSIGNED) * (stream & UNSIGNED);
        for (int i = 0; i < count; i++) {
            long p0 = (Philox.M0 & UNSIGNED) * ((block + i) & UNSIGNED);
            state[i] = p1 >>> 32 ^ (block + i) >>> 32 ^ key(k0, Philox.W0, 0);
            state[BLOCKS + i] = p1 & UNSIGNED;
            state[2 * BLOCKS + i] = p0 >>> 32 ^ step & UNSIGNED ^ key(k1, Philox.W1, 0);
            state[3 * BLOCKS + i] = p0 & UNSIGNED;
        }
        for (int round = 1; round < Randomness.ROUNDS; round += 2) {
            twoRounds(
                    state,
                    count,
                    key(k0, Philox.W0, round),
                    key(k1, Philox.W1, round),
                    key(k0, Philox.W0, round + 1),
                    key(k1, Philox.W1, round + 1));
        }
        for (int i = 0; i < count; i++) {
            words[2 * i] = state[i] | state[BLOCKS + i] << 32;
            words[2 * i + 1] = state[2 * BLOCKS + i] | state[3 * BLOCKS + i] << 32;
        }
    }

    private static void twoRounds(long[] state, int count, long a0, long a1, long b0, long b1) {
        LongVector mask = LongVector.broadcast(J, UNSIGNED);
        LongVector m0 = LongVector.broadcast(J, Philox.M0 & UNSIGNED);
        LongVector m1 = LongVector.broadcast(J, Philox.M1 & UNSIGNED);
        for (int i = 0; i < count; i += LANES) {
            LongVector p0 = LongVector.fromArray(J, state, i).mul(m0);
            LongVector p1 = LongVector.fromArray(J, state, 2 * BLOCKS + i).mul(m1);
            LongVector c0 = next(p1, LongVector.fromArray(J, state, BLOCKS + i), a0);
            LongVector c2 = next(p0, LongVector.fromArray(J, state, 3 * BLOCKS + i), a1);
            LongVector q0 = c0.mul(m0);
            LongVector q1 = c2.mul(m1);
            next(q1, p1.and(mask), b0).intoArray(state, i);
            q1.and(mask).intoArray(state, BLOCKS + i);
            next(q0, p0.and(mask), b1).intoArray(state, 2 * BLOCKS + i);
            q0.and(mask).intoArray(state, 3 * BLOCKS + i);
        }
    }

    /** A word of the key in a round. */
    private static long key(int k, int increment, int round) {
        return (k + round * increment) & UNSIGNED;
    }

    private static LongVector next(LongVector product, LongVector c, long key) {
        return product.lanewise(VectorOperators.LSHR, 32)
                .lanewise(VectorOperators.XOR, c)
                .lanewise(VectorOperators.XOR, key);
    }
}
