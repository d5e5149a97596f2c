package org.jelectra.backend.cpu;

import java.util.Random;
import java.util.stream.Stream;

/** What the tests of kernels and products share: both implementations, awkward sizes, random arrays. */
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
}
