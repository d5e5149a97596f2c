package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.cpu.TestKernels.SIZES;
import static org.jelectra.backend.cpu.TestKernels.random;

import java.util.Arrays;
import org.jelectra.random.Philox;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropout and Gumbel-max of both kernels against the definition, word by word. */
@Tag("every-jdk")
class RandomKernelsTest {

    private static final String BOTH = "org.jelectra.backend.cpu.TestKernels#both";
    private static final int K0 = 0x12345678;
    private static final int K1 = 0x9abcdef0;

    /** Starts with every alignment, one with its sign bit in play, and around the change of the counter's high word. */
    private static final long[] ELEMENTS = {
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        13,
        1L << 33,
        8L * 0x7fffff00L,
        8 * ((1L << 32) - 5) + 3,
        8 * ((1L << 32) - 40),
        4 * ((1L << 32) - 5) + 1,
        (1L << 44) + 9
    };

    private static int bits(long element) {
        int[] words = new int[4];
        long block = element / 8;
        Philox.block((int) block, (int) (block >>> 32), -3, 9, K0, K1, 7, words);
        int word = words[(int) (element / 2 % 4)];
        return element % 2 == 0 ? word & 0xFFFF : word >>> 16;
    }

    private static double noise(long element) {
        int[] words = new int[4];
        long block = element / 4;
        Philox.block((int) block, (int) (block >>> 32), -3, 9, K0, K1, 7, words);
        double u = Philox.uniform(words[(int) (element % 4)]);
        return -Math.log(-Math.log(u + 1e-9) + 1e-9);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void dropoutFollowsTheDefinitionBitForBit(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 3, 1, n);
            for (long element : ELEMENTS) {
                float[] y = new float[n + 2];
                y[0] = 77f;
                y[n + 1] = 77f;
                kernels.random().dropout(K0, K1, -3, 9, element, 6554, 1.25f, x, 3, y, 1, n);
                for (int i = 0; i < n; i++) {
                    float expected = bits(element + i) >= 6554 ? x[3 + i] * 1.25f : 0f;
                    if (y[1 + i] != expected) {
                        assertThat(y[1 + i])
                                .as("element %d + %d of %d", element, i, n)
                                .isEqualTo(expected);
                    }
                }
                assertThat(y[0]).isEqualTo(77f);
                assertThat(y[n + 1]).isEqualTo(77f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void dropoutAtTheEndsOfTheThreshold(CpuKernels kernels) {
        float[] x = random(1000, 1, 1);
        x[500] = Float.NaN;
        float[] y = new float[1000];
        kernels.random().dropout(K0, K1, 1, 2, 3, 0, 1f, x, 0, y, 0, 1000);
        assertThat(y).containsExactly(x);
        kernels.random().dropout(K0, K1, 1, 2, 3, 65536, 1f, x, 0, y, 0, 1000);
        assertThat(y).containsOnly(0f);
        kernels.random().dropout(K0, K1, 1, 2, 3, 6554, 1f, x, 0, x, 0, 0);
        assertThat(x[0]).isNotZero();
    }

    @Test
    void scalarAndVectorDropoutAgreeInPlace() {
        float[] x = random(10_000, 1, 1);
        float[] y = x.clone();
        new ScalarRandom().dropout(1, 2, 3, 4, 5, 30_000, 2f, x, 1, x, 1, 9_998);
        TestKernels.vector().random().dropout(1, 2, 3, 4, 5, 30_000, 2f, y, 1, y, 1, 9_998);
        assertThat(y).containsExactly(x);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void gumbelArgMaxFindsTheLargestScore(CpuKernels kernels) {
        for (int n : SIZES) {
            float[] x = random(n + 3, 2, n);
            for (long element : ELEMENTS) {
                int found = kernels.random().gumbelArgMax(K0, K1, -3, 9, element, 0.5f, x, 3, n);
                double best = Double.NEGATIVE_INFINITY;
                for (int i = 0; i < n; i++) {
                    best = Math.max(best, 0.5 * x[3 + i] + noise(element + i));
                }
                // two scores that agree to rounding may change places
                assertThat(0.5 * x[3 + found] + noise(element + found)).isCloseTo(best, within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void gumbelArgMaxIgnoresWhatIsExcluded(CpuKernels kernels) {
        for (int only = 0; only < 200; only += 13) {
            float[] x = new float[200];
            Arrays.fill(x, Float.NEGATIVE_INFINITY);
            x[only] = 0f;
            assertThat(kernels.random().gumbelArgMax(1, 2, 3, 4, 6, 1f, x, 0, 200))
                    .isEqualTo(only);
        }
        float[] none = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
        assertThat(kernels.random().gumbelArgMax(1, 2, 3, 4, 5, 1f, none, 0, 2)).isZero();
    }
}
