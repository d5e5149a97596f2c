package org.jelectra.backend.cpu;

/**
 * The inner loops of the CPU backend, over contiguous ranges of arrays: what a processor's vector unit speeds up, and nothing
 * else. {@link ScalarKernels} is the readable specification in plain Java; {@code vector.VectorKernels} does the same with
 * jdk.incubator.vector. Each method is single-threaded; partitioning is the caller's business.
 *
 * <p>An argument pair {@code (x, xo)} is an array and the index of the first element in it; {@code n} is a number of elements.
 * Input and output may be the same range unless said otherwise.
 */
public interface CpuKernels {

    /** Rows of the micro-kernel's tile. */
    int TILE_ROWS = 4;

    /**
     * Columns of a panel of a transposed A: 256 rows of it, which the tiles of 16 rows of C read, are 16 KiB of the first-level
     * cache, and lie in all of its sets.
     */
    int NARROW = 16;

    /** Short name for reports: {@code scalar} or {@code vector (512 bits)}. */
    String name();

    /** Columns of the micro-kernel's tile. */
    int tileColumns();

    /**
     * Matrix-product micro-kernel on a packed panel of B: {@code c[i*ldc + j] += sum over k of a[ao + i*lda + k] *
     * b[bo + k*tileColumns + j]} for i in [0, TILE_ROWS) and j in [0, tileColumns). The sum over k is in ascending order, so
     * that the result does not depend on how the product was partitioned.
     */
    void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc);

    /** As {@link #multiplyRows} with sums that start from {@code start[so + j]} instead of C, whatever that held. */
    void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc);

    /** As {@link #multiplyRows} with a packed panel of a transposed A, {@code a[ao + k*NARROW + i]}. */
    void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc);

    /** Copies a panel: {@code to[i*tileColumns + j] = from[i*ld + j]} for i in [0, rows) and j in [0, tileColumns). */
    void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset);

    /** Copies a panel of a transposed A: {@code to[i*NARROW + j] = from[i*ld + j]} for i in [0, rows) and j in [0, NARROW). */
    void packNarrow(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset);

    /** Adds the rows of such a panel: {@code sums[j] += x[i*NARROW + j]}, i in ascending order. */
    void addNarrowRows(int rows, float[] x, int xo, float[] sums, int so);

    /** {@code y += x}. */
    void add(float[] x, int xo, float[] y, int yo, int n);

    /** {@code y += factor * x}. */
    void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n);

    /** {@code x *= factor}. */
    void scale(float factor, float[] x, int xo, int n);

    /** Sum of {@code x * y}. */
    float dot(float[] x, int xo, float[] y, int yo, int n);

    /** Sum of the squares, accumulated in double at least per block of 4096 elements. */
    double sumOfSquares(float[] x, int xo, int n);

    /** {@code y = gelu(x) = x/2 * (1 + erf(x/sqrt 2))}, the exact form. Error at most 1e-6 * (1 + |x|). */
    void gelu(float[] x, int xo, float[] y, int yo, int n);

    /** {@code dx = dy * gelu'(x)}, with {@code gelu'(x) = (1 + erf(x/sqrt 2))/2 + x * exp(-x*x/2)/sqrt(2 pi)}. */
    void geluBackward(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

    /** Largest element; n at least 1. */
    float max(float[] x, int xo, int n);

    /** Index (from 0) of the largest element, the first of equals; n at least 1. */
    int argMax(float[] x, int xo, int n);

    /** Sum of {@code exp(factor * x - shift)}; x is not changed. {@code exp(-infinity)} is 0. */
    float sumExp(float factor, float shift, float[] x, int xo, int n);

    /** {@code y = outputFactor * exp(factor * x - shift)}. {@code exp(-infinity)} is 0. */
    void exp(float factor, float shift, float outputFactor, float[] x, int xo, float[] y, int yo, int n);

    /** Sum of the elements. */
    float sum(float[] x, int xo, int n);

    /**
     * Gradient of a softmax's input where its output p was multiplied by a mask, {@code q = mask * p}:
     * {@code dx = factor * (q * dq - p * dot)}; without a mask q is p.
     */
    void softmaxBackward(
            float factor,
            float dot,
            float[] p,
            int po,
            float[] q,
            int qo,
            float[] dq,
            int dqo,
            float[] dx,
            int dxo,
            int n);

    /**
     * One row of layer normalisation: {@code y = gamma * (x - mean) * rstd + beta} with the biased variance, two passes.
     * Writes {@code stats[so] = mean} and {@code stats[so + 1] = rstd = 1/sqrt(variance + epsilon)}.
     */
    void layerNorm(
            float[] x,
            int xo,
            float[] gamma,
            int go,
            float[] beta,
            int bo,
            float epsilon,
            float[] y,
            int yo,
            float[] stats,
            int so,
            int n);

    /**
     * One row of layer normalisation's backward pass: with {@code h = (x - mean) * rstd} and {@code g = dy * gamma},
     * {@code dx = rstd * (g - mean(g) - h * mean(g * h))}; also {@code dGamma += dy * h} and {@code dBeta += dy}.
     */
    void layerNormBackward(
            float[] dy,
            int dyo,
            float[] x,
            int xo,
            float[] gamma,
            int go,
            float mean,
            float rstd,
            float[] dx,
            int dxo,
            float[] dGamma,
            int dgo,
            float[] dBeta,
            int dbo,
            int n);

    /**
     * Dropout: {@code y = keep ? x * scale : 0}. The decision for element e (the index of {@code x[xo]} is {@code element}, and
     * so on upward; any alignment) takes 16 bits of the Philox block with counter
     * {@code (low word of e/8, high word of e/8, stream, step)} and key (k0, k1): the word {@code (e/2) % 4}, its low half for
     * even e, its high half for odd e. An element is kept iff these bits, read as an unsigned number, are at least
     * {@code threshold}.
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

    /**
     * The official AdamWeightDecay on a range: {@code g = clip * gradient; m = beta1*m + (1-beta1)*g;
     * v = beta2*v + (1-beta2)*g*g; p -= rate * (m/(sqrt(v) + epsilon) + decay * p)}, no bias correction.
     */
    void adamW(
            float clip,
            float rate,
            double beta1,
            double beta2,
            float epsilon,
            float decay,
            float[] p,
            int po,
            float[] gradient,
            int go,
            float[] m,
            int mo,
            float[] v,
            int vo,
            int n);
}
