package org.jelectra.backend.cpu;

/** The inner loops in plain Java: the readable specification, and the fallback that runs on every JVM. */
public final class ScalarKernels implements CpuKernels {

    private final TileKernels tiles = new ScalarTile();
    private final LayerNormKernels layerNorm = new ScalarLayerNorm();
    private final RandomKernels random = new ScalarRandom();

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public TileKernels tiles() {
        return tiles;
    }

    @Override
    public LayerNormKernels layerNorm() {
        return layerNorm;
    }

    @Override
    public RandomKernels random() {
        return random;
    }

    @Override
    public void add(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += factor * x[xo + i];
        }
    }

    @Override
    public void scale(float factor, float[] x, int xo, int n) {
        for (int i = 0; i < n; i++) {
            x[xo + i] *= factor;
        }
    }

    @Override
    public float dot(float[] x, int xo, float[] y, int yo, int n) {
        // four sums: the additions of one sum would wait for each other (4 cycles each)
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += x[xo + i] * y[yo + i];
            s1 += x[xo + i + 1] * y[yo + i + 1];
            s2 += x[xo + i + 2] * y[yo + i + 2];
            s3 += x[xo + i + 3] * y[yo + i + 3];
        }
        for (; i < n; i++) {
            s0 += x[xo + i] * y[yo + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public void gelu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            // the bound keeps -infinity from becoming NaN: -infinity * 0
            double v = Math.max(x[xo + i], -Float.MAX_VALUE);
            y[yo + i] = (float) (0.5 * v * (1 + Approximations.erf(v)));
        }
    }

    @Override
    public void geluBackward(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            // beyond 6, x * exp(-x*x/2) is below 1e-7
            double v = Math.max(-Approximations.ERF_LIMIT, Math.min(Approximations.ERF_LIMIT, x[xo + i]));
            double slope =
                    0.5 * (1 + Approximations.erf(v)) + v * Math.exp(-0.5 * v * v) * Approximations.INVERSE_SQRT_2PI;
            dx[dxo + i] = (float) (dy[dyo + i] * slope);
        }
    }

    @Override
    public float max(float[] x, int xo, int n) {
        float max = x[xo];
        for (int i = 1; i < n; i++) {
            max = Math.max(max, x[xo + i]);
        }
        return max;
    }

    @Override
    public int argMax(float[] x, int xo, int n) {
        int index = 0;
        for (int i = 1; i < n; i++) {
            if (x[xo + i] > x[xo + index]) {
                index = i;
            }
        }
        return index;
    }

    @Override
    public float sumExp(float factor, float shift, float[] x, int xo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (float) Math.exp(factor * x[xo + i] - shift);
        }
        return (float) sum;
    }

    @Override
    public void exp(float factor, float shift, float outputFactor, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = outputFactor * (float) Math.exp(factor * x[xo + i] - shift);
        }
    }

    @Override
    public float sum(float[] x, int xo, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[xo + i];
        }
        return sum;
    }

    @Override
    public void softmaxBackward(
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
            int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = factor * (q[qo + i] * dq[dqo + i] - p[po + i] * dot);
        }
    }

    @Override
    public void adamW(
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
            int n) {
        for (int i = 0; i < n; i++) {
            float g = clip * gradient[go + i];
            float mi = (float) beta1 * m[mo + i] + (float) (1 - beta1) * g;
            float vi = (float) beta2 * v[vo + i] + (float) (1 - beta2) * (g * g);
            m[mo + i] = mi;
            v[vo + i] = vi;
            p[po + i] -= rate * (mi / ((float) Math.sqrt(vi) + epsilon) + decay * p[po + i]);
        }
    }
}
