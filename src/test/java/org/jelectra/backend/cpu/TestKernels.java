package org.jelectra.backend.cpu;

import java.util.Random;
import java.util.stream.Stream;

/** What the tests of kernels and products share: both implementations, awkward sizes, random arrays, double references. */
final class TestKernels {

    static final int[] SIZES = {1, 3, 7, 8, 15, 16, 17, 31, 33, 100, 1000, 4097};

    private TestKernels() {}

    static CpuKernels vector() {
        try {
            return (CpuKernels) Class.forName("org.jelectra.backend.cpu.vector.VectorKernels")
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the tests run with --add-modules jdk.incubator.vector", e);
        }
    }

    static Stream<CpuKernels> both() {
        return Stream.of(new ScalarKernels(), vector());
    }

    /** Uniform numbers from -scale to scale. */
    static float[] random(int n, float scale, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (2 * random.nextFloat() - 1) * scale;
        }
        return x;
    }

    /** erf by the series exp(-x*x) * sum of 2^n x^(2n+1) / (2n+1)!!, whose terms have one sign. */
    static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 300; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    static double gelu(double x) {
        return x == 0 ? x : 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    static double geluSlope(double x) {
        return 0.5 * (1 + erf(x / Math.sqrt(2))) + x * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }
}
