package org.jelectra.backend.cpu;

/**
 * Random decisions, as functions of key (k0, k1), stream, step and element; arguments and threads as for {@link CpuKernels}. The
 * index of {@code x[xo]} is {@code element}, and so on upward; any alignment.
 */
public interface RandomKernels {

    /**
     * Dropout: {@code y = keep ? x * scale : 0}. The decision for element e takes 16 bits of the Philox block with counter
     * {@code (low word of e/8, high word of e/8, stream, step)}: the word {@code (e/2) % 4}, its low half for even e, its high
     * half for odd e. An element is kept iff these bits, read as an unsigned number, are at least {@code threshold}.
     */
    void dropout(
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
            int n);

    /**
     * Gumbel-max: the index of the largest {@code inverseTemperature * x[i] - log(-log(u + 1e-9) + 1e-9)}, the first of equals,
     * with {@code u = Philox.uniform(word)}; element e takes word {@code e % 4} of the Philox block with counter
     * {@code (low word of e/4, high word of e/4, stream, step)}.
     */
    int gumbelArgMax(
            int k0, int k1, int stream, int step, long element, float inverseTemperature, float[] x, int xo, int n);
}
