package org.jelectra.backend.cpu;

/** The inner loops in plain Java: the readable specification, and the fallback that runs on every JVM. */
public final class ScalarKernels implements CpuKernels {

    private static final int COLUMNS = ScalarTile.COLUMNS;
    private static final int SQUARES_BLOCK = 4096;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int tileColumns() {
        return COLUMNS;
    }

    @Override
    public void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
        ScalarTile.multiply(k, a, ao, lda, 1, b, bo, c, co, ldc);
    }

    @Override
    public void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc) {
        for (int i = 0; i < TILE_ROWS; i++) {
            System.arraycopy(start, so, c, co + i * ldc, COLUMNS);
        }
        ScalarTile.multiply(k, a, ao, lda, 1, b, bo, c, co, ldc);
    }

    @Override
    public void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc) {
        ScalarTile.multiply(k, a, ao, 1, NARROW, b, bo, c, co, ldc);
    }

    @Override
    public void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, fromOffset + i * ld, to, toOffset + i * COLUMNS, COLUMNS);
        }
    }

    @Override
    public void packNarrow(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, fromOffset + i * ld, to, toOffset + i * NARROW, NARROW);
        }
    }

    @Override
    public void addNarrowRows(int rows, float[] x, int xo, float[] sums, int so) {
        for (int i = 0; i < rows; i++) {
            add(x, xo + i * NARROW, sums, so, NARROW);
        }
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
    public double sumOfSquares(float[] x, int xo, int n) {
        double sum = 0;
        for (int i = 0; i < n; i += SQUARES_BLOCK) {
            sum += dot(x, xo + i, x, xo + i, Math.min(SQUARES_BLOCK, n - i));
        }
        return sum;
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
    public void layerNorm(
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
    public void layerNormBackward(
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
        ScalarRandom.dropout(k0, k1, stream, step, element, threshold, scale, x, xo, y, yo, n);
    }

    @Override
    public int gumbelArgMax(
            int k0, int k1, int stream, int step, long element, float inverseTemperature, float[] x, int xo, int n) {
        return ScalarRandom.gumbelArgMax(
                k0, k1, stream, step, element, inverseTemperature, x, xo, 0, n, -1, Float.NEGATIVE_INFINITY);
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
