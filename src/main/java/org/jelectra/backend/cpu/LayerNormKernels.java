package org.jelectra.backend.cpu;

/** One row of layer normalisation; arguments and threads as for {@link CpuKernels}. */
public interface LayerNormKernels {

    /**
     * {@code y = gamma * (x - mean) * rstd + beta} with the biased variance, two passes. Writes {@code stats[so] = mean} and
     * {@code stats[so + 1] = rstd = 1/sqrt(variance + epsilon)}.
     */
    void forward(
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
     * With {@code h = (x - mean) * rstd} and {@code g = dy * gamma}, {@code dx = rstd * (g - mean(g) - h * mean(g * h))}; also
     * {@code dGamma += dy * h} and {@code dBeta += dy}.
     */
    void backward(
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
}
