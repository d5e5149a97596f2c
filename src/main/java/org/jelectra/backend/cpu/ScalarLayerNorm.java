package org.jelectra.backend.cpu;

/** Layer normalisation in plain Java, with sums in double. */
final class ScalarLayerNorm implements LayerNormKernels {

    @Override
    public void forward(
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
            int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[xo + i];
        }
        float mean = (float) (sum / n);
        double squares = 0;
        for (int i = 0; i < n; i++) {
            float d = x[xo + i] - mean;
            squares += d * d;
        }
        float rstd = (float) (1 / Math.sqrt(squares / n + epsilon));
        for (int i = 0; i < n; i++) {
            y[yo + i] = gamma[go + i] * ((x[xo + i] - mean) * rstd) + beta[bo + i];
        }
        stats[so] = mean;
        stats[so + 1] = rstd;
    }

    @Override
    public void backward(
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
            int n) {
        double sum = 0;
        double product = 0;
        for (int i = 0; i < n; i++) {
            float h = (x[xo + i] - mean) * rstd;
            float g = dy[dyo + i] * gamma[go + i];
            sum += g;
            product += g * h;
            dGamma[dgo + i] += dy[dyo + i] * h;
            dBeta[dbo + i] += dy[dyo + i];
        }
        float meanG = (float) (sum / n);
        float meanGh = (float) (product / n);
        for (int i = 0; i < n; i++) {
            float h = (x[xo + i] - mean) * rstd;
            float g = dy[dyo + i] * gamma[go + i];
            dx[dxo + i] = rstd * (g - meanG - h * meanGh);
        }
    }
}
