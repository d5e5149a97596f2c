package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.random.Philox;

/**
 * Philox blocks, one in each long lane: the four words of the state are kept as unsigned numbers in longs, where a 32 x 32 bit
 * product is one multiplication. A group is as many consecutive blocks as a vector has long lanes.
 */
final class VectorPhilox {

    static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Long> J = LongVector.SPECIES_PREFERRED;

    /** Blocks in a group. */
    static final int GROUP = J.length();

    /** Ints that a group's words take. */
    static final int WORDS = 4 * GROUP;

    private static final long UNSIGNED = 0xFFFFFFFFL;
    private static final LongVector IOTA = (LongVector) J.broadcast(0).addIndex(1);

    private VectorPhilox() {}

    /**
     * Writes the words of {@code groups} groups, the first block having the number {@code block}: of each group, first words 0
     * and 1 of every block, then words 2 and 3 of every block. Low words of block numbers may not overflow within a group.
     */
    static void groups(int k0, int k1, int stream, int step, long block, int groups, int[] words) {
        for (int g = 0; g < groups; g++) {
            group(k0, k1, stream, step, block + (long) g * GROUP, words, g * WORDS);
        }
    }

    private static void group(int k0, int k1, int stream, int step, long block, int[] words, int offset) {
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
        c0.or(c1.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts().intoArray(words, offset);
        c2.or(c3.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts().intoArray(words, offset + 2 * GROUP);
    }

    /** Whether the low words of the numbers of {@code groups} groups from {@code block} stay below 2^32. */
    static boolean fits(long block, int groups) {
        return (block & UNSIGNED) + (long) groups * GROUP <= 1L << 32;
    }

    /**
     * For output vector {@code v} of elements that take {@code 1 / perWord} of a word each: the lane, in either half of a
     * group's words, where each element's word lies.
     */
    static VectorShuffle<Integer> shuffle(int v, int perWord) {
        return VectorShuffle.fromOp(I, lane -> {
            int word = (v * I.length() + lane) / perWord;
            return word / 4 * 2 + word % 2;
        });
    }

    /** For output vector {@code v}: all ones where the element's word is word 2 or 3 of its block, else zero. */
    static IntVector upper(int v, int perWord) {
        int[] lanes = new int[I.length()];
        for (int lane = 0; lane < lanes.length; lane++) {
            lanes[lane] = (v * I.length() + lane) / perWord % 4 >= 2 ? -1 : 0;
        }
        return IntVector.fromArray(I, lanes, 0);
    }
}
