package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.LayerNormKernels;

/** One row of layer normalisation: a method for each of its passes. */
final class VectorLayerNorm implements LayerNormKernels {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

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
        int end = VectorReductions.whole(n);
        double sum = VectorReductions.sum(x, xo, end);
        for (int i = end; i < n; i++) {
            sum += x[xo + i];
        }
        float mean = (float) (sum / n);
        double squares = VectorReductions.squaredDistance(mean, x, xo, end);
        for (int i = end; i < n; i++) {
            float d = x[xo + i] - mean;
            squares += d * d;
        }
        float rstd = (float) (1 / Math.sqrt(squares / n + epsilon));
        apply(mean, rstd, x, xo, gamma, go, beta, bo, y, yo, end);
        for (int i = end; i < n; i++) {
            y[yo + i] = gamma[go + i] * ((x[xo + i] - mean) * rstd) + beta[bo + i];
        }
        stats[so] = mean;
        stats[so + 1] = rstd;
    }

    private static void apply(
            float mean,
            float rstd,
            float[] x,
            int xo,
            float[] gamma,
            int go,
            float[] beta,
            int bo,
            float[] y,
            int yo,
            int end) {
        for (int i = 0; i < end; i += L) {
            FloatVector h = FloatVector.fromArray(S, x, xo + i).sub(mean).mul(rstd);
            h.fma(FloatVector.fromArray(S, gamma, go + i), FloatVector.fromArray(S, beta, bo + i))
                    .intoArray(y, yo + i);
        }
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
        int end = VectorReductions.whole(n);
        double sum = VectorReductions.dot(dy, dyo, gamma, go, end);
        float[] lanes = VectorReductions.lanes();
        for (int part = 0; part < VectorReductions.LANES; part += L) {
            products(dy, dyo, x, xo, gamma, go, mean, rstd, dGamma, dgo, dBeta, dbo, end, part, lanes);
        }
        double product = VectorReductions.total(lanes);
        for (int i = end; i < n; i++) {
            float h = (x[xo + i] - mean) * rstd;
            float g = dy[dyo + i] * gamma[go + i];
            sum += g;
            product += g * h;
            dGamma[dgo + i] += dy[dyo + i] * h;
            dBeta[dbo + i] += dy[dyo + i];
        }
        float meanG = (float) (sum / n);
        float meanGh = (float) (product / n);
        input(dy, dyo, x, xo, gamma, go, mean, rstd, meanG, meanGh, dx, dxo, end);
        for (int i = end; i < n; i++) {
            float h = (x[xo + i] - mean) * rstd;
            float g = dy[dyo + i] * gamma[go + i];
            dx[dxo + i] = rstd * (g - meanG - h * meanGh);
        }
    }

    /** Adds to the gradients of gamma and beta, and puts sums of g * h into the lanes. */
    private static void products(
            float[] dy,
            int dyo,
            float[] x,
            int xo,
            float[] gamma,
            int go,
            float mean,
            float rstd,
            float[] dGamma,
            int dgo,
            float[] dBeta,
            int dbo,
            int end,
            int part,
            float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = part; i < end; i += VectorReductions.LANES) {
            FloatVector h = FloatVector.fromArray(S, x, xo + i).sub(mean).mul(rstd);
            FloatVector d = FloatVector.fromArray(S, dy, dyo + i);
            FloatVector dh = d.mul(h);
            sum = dh.fma(FloatVector.fromArray(S, gamma, go + i), sum);
            FloatVector.fromArray(S, dGamma, dgo + i).add(dh).intoArray(dGamma, dgo + i);
            FloatVector.fromArray(S, dBeta, dbo + i).add(d).intoArray(dBeta, dbo + i);
        }
        sum.intoArray(lanes, part);
    }

    private static void input(
            float[] dy,
            int dyo,
            float[] x,
            int xo,
            float[] gamma,
            int go,
            float mean,
            float rstd,
            float meanG,
            float meanGh,
            float[] dx,
            int dxo,
            int end) {
        for (int i = 0; i < end; i += L) {
            FloatVector h = FloatVector.fromArray(S, x, xo + i).sub(mean).mul(rstd);
            FloatVector g = FloatVector.fromArray(S, dy, dyo + i).mul(FloatVector.fromArray(S, gamma, go + i));
            g.sub(meanG).sub(h.mul(meanGh)).mul(rstd).intoArray(dx, dxo + i);
        }
    }
}
