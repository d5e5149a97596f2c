package org.jelectra.backend.cpu;

import org.jelectra.backend.Randomness;
import org.jelectra.random.Philox;

/** Random decisions in plain Java. Public for the vector kernels, which leave the ends of a range to it. */
public final class ScalarRandom implements RandomKernels {

    /** The four words of a block; kept by the thread, so that no call allocates. */
    private static final ThreadLocal<int[]> WORDS = ThreadLocal.withInitial(() -> new int[4]);

    @Override
    public void dropout(
            int k0,
            int k1,
            int stream,
            int step,
            long element,
            int threshold,
            float scale,
            float[] x,
            int xo,
            float[] y,
            int yo,
            int n) {
        int[] words = WORDS.get();
        int i = 0;
        while (i < n) {
            long e = element + i;
            int first = (int) (e & 7);
            int end = Math.min(8, first + n - i);
            long block = e >>> 3;
            Philox.block((int) block, (int) (block >>> 32), stream, step, k0, k1, Randomness.ROUNDS, words);
            for (int j = first; j < end; j++, i++) {
                int bits = (words[j >>> 1] >>> (16 * (j & 1))) & 0xFFFF;
                y[yo + i] = bits >= threshold ? x[xo + i] * scale : 0f;
            }
        }
    }

    @Override
    public int gumbelArgMax(
            int k0, int k1, int stream, int step, long element, float inverseTemperature, float[] x, int xo, int n) {
        return continueArgMax(
                k0, k1, stream, step, element, inverseTemperature, x, xo, 0, n, -1, Float.NEGATIVE_INFINITY);
    }

    /**
     * Continues {@link #gumbelArgMax} over elements from .. n-1, given the best index so far (-1 for none) and its score.
     */
    public int continueArgMax(
            int k0,
            int k1,
            int stream,
            int step,
            long element,
            float inverseTemperature,
            float[] x,
            int xo,
            int from,
            int n,
            int index,
            float best) {
        int[] words = WORDS.get();
        int i = from;
        while (i < n) {
            long e = element + i;
            int first = (int) (e & 3);
            int end = Math.min(4, first + n - i);
            long block = e >>> 2;
            Philox.block((int) block, (int) (block >>> 32), stream, step, k0, k1, Randomness.ROUNDS, words);
            for (int j = first; j < end; j++, i++) {
                float score = gumbelScore(inverseTemperature, x[xo + i], Philox.uniform(words[j]));
                if (score > best) {
                    best = score;
                    index = i;
                }
            }
        }
        return Math.max(index, 0);
    }

    /** The score of one element in {@link #gumbelArgMax}. */
    public static float gumbelScore(
            int k0, int k1, int stream, int step, long element, float inverseTemperature, float x) {
        int[] words = WORDS.get();
        long block = element >>> 2;
        Philox.block((int) block, (int) (block >>> 32), stream, step, k0, k1, Randomness.ROUNDS, words);
        return gumbelScore(inverseTemperature, x, Philox.uniform(words[(int) (element & 3)]));
    }

    /** {@code inverseTemperature * x - log(-log(u + 1e-9) + 1e-9)}. */
    private static float gumbelScore(float inverseTemperature, float x, float u) {
        return inverseTemperature * x - (float) Math.log(-(float) Math.log(u + 1e-9f) + 1e-9f);
    }
}
