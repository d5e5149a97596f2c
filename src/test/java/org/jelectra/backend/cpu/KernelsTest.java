package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.cpu.TestKernels.SIZES;
import static org.jelectra.backend.cpu.TestKernels.random;

import java.util.Arrays;
import org.jelectra.backend.Reference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kernels against double references, at awkward sizes and offsets; what lies around the output may not change. */
@Tag("every-jdk")
class KernelsTest {

    private static final String BOTH = "org.jelectra.backend.cpu.TestKernels#both";
    /** Elements before and after each range. */
    private static final int MARGIN = 5;

    /** The expected value of element i, from 0. */
    private interface Expected {
        double at(int i);
    }

    private static void check(float[] y, int n, double absolute, double relative, Expected expected) {
        for (int i = 0; i < n; i++) {
            double e = expected.at(i);
            assertThat((double) y[MARGIN + i])
                    .as("element %d of %d", i, n)
                    .isCloseTo(e, within(absolute + relative * Math.abs(e)));
        }
    }

    private static float[] output(int n) {
        float[] y = new float[n + 2 * MARGIN];
        Arrays.fill(y, 77f);
        return y;
    }

    private static void checkMargins(float[] y, int n) {
        for (int i = 0; i < MARGIN; i++) {
            assertThat(y[i]).isEqualTo(77f);
            assertThat(y[MARGIN + n + i]).isEqualTo(77f);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void sums(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 3, 2, 1);
            float[] y0 = random(n + 2 * MARGIN, 2, 2);
            float[] y = y0.clone();
            kernels.add(x, 3, y, MARGIN, n);
            check(y, n, 1e-6, 1e-7, i -> (double) x[3 + i] + y0[MARGIN + i]);
            float[] z = y0.clone();
            kernels.addScaled(-0.3f, x, 3, z, MARGIN, n);
            check(z, n, 1e-6, 1e-7, i -> -0.3f * (double) x[3 + i] + y0[MARGIN + i]);
            float[] s = y0.clone();
            kernels.scale(1.7f, s, MARGIN, n);
            check(s, n, 0, 1e-7, i -> 1.7f * (double) y0[MARGIN + i]);
            for (int i = 0; i < MARGIN; i++) {
                assertThat(y[i]).isEqualTo(y0[i]);
                assertThat(z[MARGIN + n + i]).isEqualTo(y0[MARGIN + n + i]);
                assertThat(s[MARGIN + n + i]).isEqualTo(y0[MARGIN + n + i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void reductions(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 3, 2, 1);
            float[] y = random(n + 1, 2, 2);
            double dot = 0;
            double squares = 0;
            double exp = 0;
            double sum = 0;
            int best = 0;
            for (int i = 0; i < n; i++) {
                dot += (double) x[3 + i] * y[1 + i];
                squares += (double) x[3 + i] * x[3 + i];
                sum += x[3 + i];
                exp += Math.exp(0.5 * x[3 + i] - 0.25);
                best = x[3 + i] > x[3 + best] ? i : best;
            }
            assertThat((double) kernels.dot(x, 3, y, 1, n)).isCloseTo(dot, within(1e-6 * n + 1e-6));
            assertThat((double) kernels.sum(x, 3, n)).isCloseTo(sum, within(1e-6 * n + 1e-6));
            assertThat(kernels.sumOfSquares(x, 3, n)).isCloseTo(squares, within(1e-6 * squares));
            assertThat((double) kernels.sumExp(0.5f, 0.25f, x, 3, n)).isCloseTo(exp, within(2e-6 * exp));
            assertThat(kernels.max(x, 3, n)).isEqualTo(x[3 + best]);
            assertThat(kernels.argMax(x, 3, n)).isEqualTo(best);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void theFirstOfEqualMaximaIsFound(CpuKernels kernels) {
        float[] x = new float[100];
        for (int first = 0; first < 100; first += 7) {
            Arrays.fill(x, -1f);
            Arrays.fill(x, first, 100, 5f);
            assertThat(kernels.argMax(x, 0, 100)).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void gelu(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 3, n % 2 == 0 ? 8 : 3, 1);
            float[] dy = random(n + 2, 1, 2);
            float[] y = output(n);
            kernels.gelu(x, 3, y, MARGIN, n);
            check(y, n, 1e-6, 0, i -> Reference.gelu(x[3 + i]));
            checkMargins(y, n);
            float[] dx = output(n);
            kernels.geluBackward(x, 3, dy, 2, dx, MARGIN, n);
            check(dx, n, 1e-6, 0, i -> dy[2 + i] * Reference.geluSlope(x[3 + i]));
            checkMargins(dx, n);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void geluOfSpecialValues(CpuKernels kernels) {
        float[] values = {
            0f,
            -0f,
            1e-40f,
            -1e-40f,
            1e-30f,
            -1e-20f,
            1e-5f,
            5.49f,
            -5.49f,
            6f,
            -6f,
            6.1f,
            -6.1f,
            50f,
            -50f,
            1e30f,
            -1e30f,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        // twice 32 of each, so that vectors and tails both see it
        for (float value : values) {
            float[] x = new float[37];
            Arrays.fill(x, value);
            float[] ones = new float[37];
            Arrays.fill(ones, 1f);
            float[] y = new float[37];
            float[] dx = new float[37];
            kernels.gelu(x, 0, y, 0, 37);
            kernels.geluBackward(x, 0, ones, 0, dx, 0, 37);
            for (int i : new int[] {0, 36}) {
                if (Float.isNaN(value)) {
                    assertThat(y[i]).isNaN();
                    assertThat(dx[i]).isNaN();
                } else if (Float.isInfinite(value)) {
                    assertThat(y[i]).isEqualTo(value > 0 ? value : -0f);
                    assertThat((double) dx[i]).isCloseTo(value > 0 ? 1 : 0, within(1e-6));
                } else {
                    double error = 1e-6 * Math.min(1 + Math.abs(value), 1e30);
                    assertThat((double) y[i]).as("gelu(%s)", value).isCloseTo(Reference.gelu(value), within(error));
                    assertThat((double) dx[i])
                            .as("gelu'(%s)", value)
                            .isCloseTo(
                                    Math.abs(value) > 30 ? (value > 0 ? 1 : 0) : Reference.geluSlope(value),
                                    within(1e-6));
                    assertThat(Float.floatToRawIntBits(y[i]) < 0).isEqualTo(Float.floatToRawIntBits(value) < 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void exp(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 3, 80, 1);
            float[] y = output(n);
            kernels.exp(1f, 0f, 1f, x, 3, y, MARGIN, n);
            check(y, n, 0, 2.4e-7, i -> Math.exp(x[3 + i]));
            checkMargins(y, n);
            kernels.exp(0.125f, 1.5f, 0.25f, x, 3, y, MARGIN, n);
            check(y, n, 0, 4e-6, i -> 0.25 * Math.exp(0.125 * x[3 + i] - 1.5));
            checkMargins(y, n);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void expOfSpecialValues(CpuKernels kernels) {
        float[] x = new float[64];
        Arrays.fill(x, Float.NEGATIVE_INFINITY);
        float[] y = new float[64];
        kernels.exp(1f, 3f, 2f, x, 0, y, 0, 37);
        assertThat(y).containsOnly(0f);
        assertThat(kernels.sumExp(1f, 3f, x, 0, 37)).isZero();
        Arrays.fill(x, -10000f);
        kernels.exp(1f, 3f, 2f, x, 0, y, 0, 37);
        assertThat(y).containsOnly(0f);
        Arrays.fill(x, Float.NaN);
        kernels.exp(1f, 3f, 2f, x, 0, y, 0, 37);
        assertThat(y[0]).isNaN();
        assertThat(y[36]).isNaN();
        Arrays.fill(x, 89f);
        kernels.exp(1f, 0f, 1f, x, 0, y, 0, 37);
        assertThat(y[0]).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(y[36]).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void softmaxBackward(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] p = random(n + 1, 1, 1);
            float[] q = random(n + 3, 1, 3);
            float[] dq = random(n + 2, 1, 2);
            float[] dx = output(n);
            kernels.softmaxBackward(0.5f, 0.25f, p, 1, q, 3, dq, 2, dx, MARGIN, n);
            check(dx, n, 1e-7, 1e-6, i -> 0.5 * ((double) q[3 + i] * dq[2 + i] - 0.25 * p[1 + i]));
            checkMargins(dx, n);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void layerNorm(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 1, 3, 1);
            float[] gamma = random(n + 2, 1, 2);
            float[] beta = random(n + 3, 1, 3);
            float[] y = output(n);
            float[] stats = new float[4];
            kernels.layerNorm().forward(x, 1, gamma, 2, beta, 3, 1e-12f, y, MARGIN, stats, 1, n);
            double mean = 0;
            for (int i = 0; i < n; i++) {
                mean += x[1 + i] / (double) n;
            }
            double variance = 0;
            for (int i = 0; i < n; i++) {
                variance += (x[1 + i] - mean) * (x[1 + i] - mean) / n;
            }
            if (n == 1) {
                variance = 0;
            }
            double m = mean;
            double rstd = 1 / Math.sqrt(variance + 1e-12f);
            assertThat((double) stats[1]).isCloseTo(mean, within(1e-6));
            assertThat((double) stats[2]).isCloseTo(rstd, within(2e-6 * rstd));
            check(y, n, 4e-6, 0, i -> gamma[2 + i] * ((x[1 + i] - m) * rstd) + beta[3 + i]);
            checkMargins(y, n);
            assertThat(stats[0]).isZero();
            assertThat(stats[3]).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void layerNormBackward(CpuKernels kernels) {
        float mean = 0.2f;
        float rstd = 1.3f;
        for (int n : SIZES) {
            float[] x = random(n + 1, 2, 1);
            float[] gamma = random(n + 2, 1, 2);
            float[] dy = random(n + 3, 1, 3);
            float[] dGamma = random(n + 2 * MARGIN, 1, 4);
            float[] dBeta = random(n + 2 * MARGIN, 1, 5);
            float[] dGamma0 = dGamma.clone();
            float[] dBeta0 = dBeta.clone();
            float[] dx = output(n);
            kernels.layerNorm()
                    .backward(dy, 3, x, 1, gamma, 2, mean, rstd, dx, MARGIN, dGamma, MARGIN, dBeta, MARGIN, n);
            double sum = 0;
            double product = 0;
            for (int i = 0; i < n; i++) {
                double h = ((double) x[1 + i] - mean) * rstd;
                double g = (double) dy[3 + i] * gamma[2 + i];
                sum += g / n;
                product += g * h / n;
            }
            double meanG = sum;
            double meanGh = product;
            check(dx, n, 1e-5, 0, i -> {
                double h = ((double) x[1 + i] - mean) * rstd;
                return rstd * ((double) dy[3 + i] * gamma[2 + i] - meanG - h * meanGh);
            });
            checkMargins(dx, n);
            check(dGamma, n, 1e-6, 1e-6, i -> dGamma0[MARGIN + i] + dy[3 + i] * ((double) x[1 + i] - mean) * rstd);
            check(dBeta, n, 1e-6, 1e-6, i -> (double) dBeta0[MARGIN + i] + dy[3 + i]);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void adamW(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] p = random(n + 2 * MARGIN, 1, 1);
            float[] g = random(n + 1, 1, 2);
            float[] m = random(n + 2 * MARGIN, 0.1f, 3);
            float[] v = random(n + 2 * MARGIN, 0.1f, 4);
            for (int i = 0; i < v.length; i++) {
                v[i] = Math.abs(v[i]);
            }
            float[] p0 = p.clone();
            float[] m0 = m.clone();
            float[] v0 = v.clone();
            kernels.adamW(0.5f, 0.01f, 0.9f, 0.999f, 1e-6f, 0.01f, p, MARGIN, g, 1, m, MARGIN, v, MARGIN, n);
            Expected em = i -> 0.9f * (double) m0[MARGIN + i] + (1 - 0.9f) * 0.5 * g[1 + i];
            Expected ev = i -> 0.999f * (double) v0[MARGIN + i] + (1 - 0.999f) * 0.25 * g[1 + i] * g[1 + i];
            check(m, n, 1e-8, 1e-6, em);
            check(v, n, 1e-9, 1e-6, ev);
            check(
                    p,
                    n,
                    1e-6,
                    1e-6,
                    i -> p0[MARGIN + i] - 0.01 * (em.at(i) / (Math.sqrt(ev.at(i)) + 1e-6) + 0.01 * p0[MARGIN + i]));
            for (int i = 0; i < MARGIN; i++) {
                assertThat(p[MARGIN + n + i]).isEqualTo(p0[MARGIN + n + i]);
                assertThat(p[i]).isEqualTo(p0[i]);
            }
        }
    }
}
