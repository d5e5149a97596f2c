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

    /** Short name for reports: {@code scalar} or {@code vector (512 bits)}. */
    String name();

    /** The micro-kernels of matrix products. */
    TileKernels tiles();

    /** Layer normalisation. */
    LayerNormKernels layerNorm();

    /** Dropout and Gumbel-max. */
    RandomKernels random();

    /** {@code y += x}. */
    void add(float[] x, int xo, float[] y, int yo, int n);

    /** {@code y += factor * x}. */
    void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n);

    /** {@code x *= factor}. */
    void scale(float factor, float[] x, int xo, int n);

    /** Sum of {@code x * y}. */
    float dot(float[] x, int xo, float[] y, int yo, int n);

    /** Sum of the squares: blocks of 4096 elements, whose sums are added in double. */
    default double sumOfSquares(float[] x, int xo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i += 4096) {
            sum += dot(x, xo + i, x, xo + i, Math.min(4096, n - i));
        }
        return sum;
    }

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
