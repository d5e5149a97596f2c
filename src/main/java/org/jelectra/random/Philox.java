package org.jelectra.random;

/**
 * Philox-4x32: a counter-based generator, so that every random number is a pure function of (key, counter) and the same on every
 * backend, for any number of threads, and after every resume.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */
public final class Philox {

    /** Multiplier of the first lane. */
    public static final int M0 = 0xD2511F53;
    /** Multiplier of the third lane. */
    public static final int M1 = 0xCD9E8D57;
    /** Increment of the first key word (golden ratio). */
    public static final int W0 = 0x9E3779B9;
    /** Increment of the second key word (square root of 3, less 1). */
    public static final int W1 = 0xBB67AE85;

    private static final long UNSIGNED = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * Writes the four output words for counter (c0, c1, c2, c3) and key (k0, k1) to {@code out[0..3]}. Seven rounds are the fewest that
     * pass all of BigCrush; ten are the authors' default.
     */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int rounds, int[] out) {
        for (int round = 0; round < rounds; round++) {
            long p0 = (M0 & UNSIGNED) * (c0 & UNSIGNED);
            long p1 = (M1 & UNSIGNED) * (c2 & UNSIGNED);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /** Uniform float in the open interval (0, 1): the upper 23 bits plus one half, so neither end occurs. */
    public static float uniform(int word) {
        return ((word >>> 9) + 0.5f) * 0x1p-23f;
    }
}
