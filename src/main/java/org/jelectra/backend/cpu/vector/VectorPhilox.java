package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.random.Philox;

/**
 * Philox blocks, one in each long lane: the four words of the state are kept as unsigned numbers in longs, where a 32 x 32 bit
 * product is one multiplication. A group is as many consecutive blocks as a vector has long lanes.
 */
final class VectorPhilox {

    private static final VectorSpecies<Long> J = LongVector.SPECIES_PREFERRED;

    /** Blocks in a group. */
    static final int GROUP = J.length();

    /** Longs that a group's words take. */
    static final int WORDS = 2 * GROUP;

    private static final long UNSIGNED = 0xFFFFFFFFL;
    private static final LongVector IOTA = (LongVector) J.broadcast(0).addIndex(1);

    private VectorPhilox() {}

    /**
     * Writes the words of {@code groups} groups to {@code words}, the first block having the number {@code block}: two longs for
     * each block, the lower half of a long being the earlier word. {@code raw} is scratch of the same size. Low words of block
     * numbers may not overflow within a group.
     */
    static void groups(int k0, int k1, int stream, int step, long block, int groups, long[] raw, long[] words) {
        for (int g = 0; g < groups; g++) {
            group(k0, k1, stream, step, block + (long) g * GROUP, raw, g * WORDS);
        }
        for (int g = 0; g < groups; g++) {
            interleave(raw, words, g * WORDS);
        }
    }

    /** First the words 0 and 1 of every block, then the words 2 and 3 of every block. */
    private static void group(int k0, int k1, int stream, int step, long block, long[] words, int offset) {
        LongVector mask = LongVector.broadcast(J, UNSIGNED);
        LongVector m0 = LongVector.broadcast(J, Philox.M0 & UNSIGNED);
        LongVector m1 = LongVector.broadcast(J, Philox.M1 & UNSIGNED);
        LongVector c0 = IOTA.add(block & UNSIGNED);
        LongVector c1 = LongVector.broadcast(J, block >>> 32);
        LongVector c2 = LongVector.broadcast(J, stream & UNSIGNED);
        LongVector c3 = LongVector.broadcast(J, step & UNSIGNED);
        for (int round = 0; round < Philox.ROUNDS; round++) {
            LongVector p0 = c0.mul(m0);
            LongVector p1 = c2.mul(m1);
            c0 = p1.lanewise(VectorOperators.LSHR, 32)
                    .lanewise(VectorOperators.XOR, c1)
                    .lanewise(VectorOperators.XOR, (k0 + round * Philox.W0) & UNSIGNED);
            c2 = p0.lanewise(VectorOperators.LSHR, 32)
                    .lanewise(VectorOperators.XOR, c3)
                    .lanewise(VectorOperators.XOR, (k1 + round * Philox.W1) & UNSIGNED);
            c1 = p1.and(mask);
            c3 = p0.and(mask);
        }
        c0.or(c1.lanewise(VectorOperators.LSHL, 32)).intoArray(words, offset);
        c2.or(c3.lanewise(VectorOperators.LSHL, 32)).intoArray(words, offset + GROUP);
    }

    private static void interleave(long[] raw, long[] words, int offset) {
        for (int i = 0; i < GROUP; i++) {
            words[offset + 2 * i] = raw[offset + i];
            words[offset + 2 * i + 1] = raw[offset + GROUP + i];
        }
    }

    /** Whether the low words of the numbers of {@code groups} groups from {@code block} stay below 2^32. */
    static boolean fits(long block, int groups) {
        return (block & UNSIGNED) + (long) groups * GROUP <= 1L << 32;
    }
}
