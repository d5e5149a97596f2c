package org.jelectra.backend;

/**
 * The operations on rows, in plain double arithmetic: the specification that backends are compared with. Matrices are row-major
 * arrays; nothing here is fast or clever.
 */
public final class Reference {

    private Reference() {}

    /** {@code y[M,N] = x[M,K] weight[N,K]^T + bias[N]}; bias may be null. */
    static double[] linear(double[] x, double[] weight, double[] bias, int m, int k, int n) {
        double[] y = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias == null ? 0 : bias[j];
                for (int l = 0; l < k; l++) {
                    sum += x[i * k + l] * weight[j * k + l];
                }
                y[i * n + j] = sum;
            }
        }
        return y;
    }

    /** Rows of that width with columns behind them. */
    static double[] widened(double[] x, int width, int to, double filler) {
        double[] y = new double[x.length / width * to];
        for (int i = 0; i < y.length; i++) {
            y[i] = i % to < width ? x[i / to * width + i % to] : filler;
        }
        return y;
    }

    /** The first columns of rows of that width. */
    static double[] narrowed(double[] x, int width, int to) {
        double[] y = new double[x.length / width * to];
        for (int i = 0; i < y.length; i++) {
            y[i] = x[i / to * width + i % to];
        }
        return y;
    }

    /** {@code x/2 (1 + erf(x/sqrt 2))} of every element. */
    static double[] gelu(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = gelu(x[i]);
        }
        return y;
    }

    /** {@code x/2 (1 + erf(x/sqrt 2))}. */
    public static double gelu(double x) {
        return x / 2 * (1 + erf(x / Math.sqrt(2)));
    }

    /** Derivative of GELU. */
    public static double geluSlope(double x) {
        return (1 + erf(x / Math.sqrt(2))) / 2 + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /**
     * {@code erf(x) = 2/sqrt(pi) exp(-x^2) sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1))}: all terms have one sign, so nothing
     * cancels. Beyond 6 the value is 1 to the last bit.
     */
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** Elementwise product: dropout, where {@code factors} are 0 or the scale of what stays. */
    static double[] multiply(double[] x, double[] factors) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] * factors[i];
        }
        return y;
    }

    /** Elementwise sum. */
    static double[] add(double[] x, double[] y) {
        double[] sum = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            sum[i] = x[i] + y[i];
        }
        return sum;
    }

    /** Mean and 1/sqrt(variance + epsilon) of every row, side by side: [rows,2]. */
    static double[] rowStatistics(double[] x, int width, double epsilon) {
        int rows = x.length / width;
        double[] stats = new double[2 * rows];
        for (int row = 0; row < rows; row++) {
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += x[row * width + i] / width;
            }
            double variance = 0;
            for (int i = 0; i < width; i++) {
                double deviation = x[row * width + i] - mean;
                variance += deviation * deviation / width;
            }
            stats[2 * row] = mean;
            stats[2 * row + 1] = 1 / Math.sqrt(variance + epsilon);
        }
        return stats;
    }

    /** {@code gamma (x - mean) rstd + beta}; the width is that of gamma. */
    static double[] layerNorm(double[] x, double[] gamma, double[] beta, double epsilon) {
        int width = gamma.length;
        double[] stats = rowStatistics(x, width, epsilon);
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int row = i / width;
            y[i] = gamma[i % width] * (x[i] - stats[2 * row]) * stats[2 * row + 1] + beta[i % width];
        }
        return y;
    }

    /** {@code y[i] = words[ids[i]] + types[tokenTypes[i]] + positions[i % length]}. */
    static double[] embedding(
            int[] ids, int[] tokenTypes, int length, double[] words, double[] positions, double[] types, int width) {
        double[] y = new double[ids.length * width];
        for (int i = 0; i < ids.length; i++) {
            for (int j = 0; j < width; j++) {
                y[i * width + j] = words[ids[i] * width + j]
                        + types[tokenTypes[i] * width + j]
                        + positions[i % length * width + j];
            }
        }
        return y;
    }

    /** {@code y[r] = x[rows[r]]}. */
    static double[] gatherRows(double[] x, int[] rows, int width) {
        double[] y = new double[rows.length * width];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(x, rows[r] * width, y, r * width, width);
        }
        return y;
    }
}
