package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels as a compiler makes them: functions of its library within their published errors, a reduction, Philox, bf16. */
class CompiledFunctionsTest {

    private static final int SIZE = 1000;

    private static SimulatorBench bench;
    private static KernelModule module;

    @BeforeAll
    static void load() {
        bench = SimulatorBench.checked();
        module = bench.resource("mathematics.ptx");
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static Arguments function(String kernel, double low, double high, double ulps, DoubleUnaryOperator f) {
        return arguments(kernel, low, high, ulps, f);
    }

    /** Errors are those that the CUDA C++ Programming Guide lists, and one more for the reference. */
    static Stream<Arguments> floatFunctions() {
        return Stream.of(
                function("float_exp", -100, 88, 3, Math::exp),
                function("float_log", 1e-30, 1e30, 2, Math::log),
                function("float_erf", -4, 4, 3, CompiledFunctionsTest::erf),
                function("float_sqrt", 0, 1e30, 0.5, Math::sqrt),
                function("float_rsqrt", 1e-30, 1e30, 3, x -> 1 / Math.sqrt(x)),
                function("float_reciprocal", -1e5, 1e5, 0.5, x -> 1 / x),
                function("float_tanh", -8, 8, 3, Math::tanh),
                function("float_sin", -1e6, 1e6, 3, Math::sin),
                function("float_log1p", -0.99, 1e5, 2, Math::log1p),
                function("float_expm1", -20, 80, 2, Math::expm1),
                function("float_normcdf", -5, 5, 6, x -> 0.5 * erfc(-x / Math.sqrt(2))),
                function("float_cbrt", -1e9, 1e9, 2, Math::cbrt),
                function("float_quick_exp", -1, 1, 4, Math::exp));
    }

    private static double erf(double x) {
        double sum = 0;
        double term = x;
        for (int n = 0; n < 120; n++) {
            sum += term / (2 * n + 1);
            term *= -x * x / (n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    /** A continued fraction where the series would cancel. */
    private static double erfc(double x) {
        if (x < 2) {
            return 1 - erf(x);
        }
        double fraction = 0;
        for (int n = 60; n > 0; n--) {
            fraction = n / 2.0 / (x + fraction);
        }
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
    }

    private static double[] between(double low, double high) {
        return new Random(3).doubles(SIZE, low, high).toArray();
    }

    @ParameterizedTest
    @MethodSource("floatFunctions")
    void floatFunctionsAreAsPreciseAsPublished(
            String kernel, double low, double high, double ulps, DoubleUnaryOperator f) {
        double[] inputs = between(low, high);
        float[] x = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            x[i] = (float) inputs[i];
        }
        DeviceMemory in = bench.floats(x);
        DeviceMemory out = bench.memory(4 * SIZE);
        bench.run(
                module,
                kernel,
                LaunchShape.of(8, 128),
                a -> a.pointer(in).pointer(out).int32(SIZE));
        float[] got = bench.floats(out);
        for (int i = 0; i < SIZE; i++) {
            double expected = f.applyAsDouble(x[i]);
            assertThat(Math.abs(got[i] - expected))
                    .as("%s(%s) = %s, got %s", kernel, x[i], expected, got[i])
                    .isLessThanOrEqualTo(ulps * Math.ulp((float) expected));
        }
    }

    static Stream<Arguments> doubleFunctions() {
        return Stream.of(
                function("double_exp", -700, 700, 2, Math::exp),
                function("double_log", 1e-30, 1e30, 2, Math::log),
                function("double_erf", -2, 2, 30, CompiledFunctionsTest::erf),
                function("double_sqrt", 0, 1e30, 0, Math::sqrt),
                function("double_rsqrt", 1e-30, 1e30, 2, x -> 1 / Math.sqrt(x)),
                function("double_reciprocal", -1e5, 1e5, 0, x -> 1 / x));
    }

    @ParameterizedTest
    @MethodSource("doubleFunctions")
    void doubleFunctionsAreAsPreciseAsPublished(
            String kernel, double low, double high, double ulps, DoubleUnaryOperator f) {
        double[] x = between(low, high);
        DeviceMemory in = bench.doubles(x);
        DeviceMemory out = bench.memory(8 * SIZE);
        bench.run(
                module,
                kernel,
                LaunchShape.of(8, 128),
                a -> a.pointer(in).pointer(out).int32(SIZE));
        double[] got = bench.doubles(out);
        for (int i = 0; i < SIZE; i++) {
            double expected = f.applyAsDouble(x[i]);
            assertThat(Math.abs(got[i] - expected))
                    .as("%s(%s) = %s, got %s", kernel, x[i], expected, got[i])
                    .isLessThanOrEqualTo(ulps * Math.ulp(expected));
        }
    }

    @Test
    void functionsAtTheirSpecialValues() {
        float[] x = {0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1e-42f};
        assertThat(special("float_exp", x)).containsExactly(1, 1, Float.POSITIVE_INFINITY, 0, Float.NaN, 1);
        assertThat(special("float_log", x))
                .startsWith(
                        Float.NEGATIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.POSITIVE_INFINITY,
                        Float.NaN,
                        Float.NaN);
        assertThat(special("float_erf", x)).startsWith(0f, -0f, 1f, -1f, Float.NaN);
        assertThat(special("float_reciprocal", x))
                .startsWith(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.NaN);
        assertThat(special("float_sqrt", x)).startsWith(0f, -0f, Float.POSITIVE_INFINITY, Float.NaN, Float.NaN);
    }

    private static float[] special(String kernel, float[] x) {
        DeviceMemory in = bench.floats(x);
        DeviceMemory out = bench.memory(4 * x.length);
        bench.run(
                module,
                kernel,
                LaunchShape.of(1, 32),
                a -> a.pointer(in).pointer(out).int32(x.length));
        return bench.floats(out);
    }

    @Test
    void layerNormalisation() {
        int rows = 5;
        int width = 200;
        float[] x = new float[rows * width];
        float[] gamma = new float[width];
        float[] beta = new float[width];
        Random random = new Random(4);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian() + 3;
        }
        for (int i = 0; i < width; i++) {
            gamma[i] = random.nextFloat();
            beta[i] = random.nextFloat();
        }
        DeviceMemory in = bench.floats(x);
        DeviceMemory scale = bench.floats(gamma);
        DeviceMemory shift = bench.floats(beta);
        DeviceMemory out = bench.memory(4 * x.length);
        bench.run(
                module,
                "layer_norm",
                LaunchShape.of(rows, 96),
                a -> a.pointer(in)
                        .pointer(scale)
                        .pointer(shift)
                        .pointer(out)
                        .int32(width)
                        .float32(1e-12f));
        float[] got = bench.floats(out);
        for (int row = 0; row < rows; row++) {
            int from = row * width;
            double mean = IntStream.range(0, width)
                    .mapToDouble(i -> x[from + i])
                    .average()
                    .orElseThrow();
            double variance = IntStream.range(0, width)
                    .mapToDouble(i -> Math.pow(x[from + i] - mean, 2))
                    .average()
                    .orElseThrow();
            for (int i = 0; i < width; i++) {
                double expected = (x[from + i] - mean) / Math.sqrt(variance) * gamma[i] + beta[i];
                assertThat(got[from + i])
                        .as("row %d, column %d", row, i)
                        .isCloseTo((float) expected, org.assertj.core.data.Offset.offset(3e-6f));
            }
        }
    }

    /** First block of Philox-4x32-10 for counter (0, 0, 3, 4) and others, against a plain version in Java. */
    @Test
    void philox() {
        int blocks = 777;
        DeviceMemory out = bench.memory(16 * blocks);
        bench.run(
                module,
                "philox",
                LaunchShape.of(3, 64),
                a -> a.pointer(out).int64(0x89ABCDEF01234567L).int32(blocks));
        int[] got = bench.ints(out);
        for (int block = 0; block < blocks; block++) {
            long[] c = {block, 0, 3, 4};
            long k0 = 0x01234567L;
            long k1 = 0x89ABCDEFL;
            for (int round = 0; round < 10; round++) {
                long p0 = 0xD2511F53L * c[0];
                long p1 = 0xCD9E8D57L * c[2];
                c = new long[] {p1 >>> 32 ^ c[1] ^ k0, p1 & 0xFFFFFFFFL, p0 >>> 32 ^ c[3] ^ k1, p0 & 0xFFFFFFFFL};
                k0 = k0 + 0x9E3779B9L & 0xFFFFFFFFL;
                k1 = k1 + 0xBB67AE85L & 0xFFFFFFFFL;
            }
            for (int i = 0; i < 4; i++) {
                assertThat(got[4 * block + i]).as("block %d, word %d", block, i).isEqualTo((int) c[i]);
            }
        }
    }

    @Test
    void pairsOfBf16() {
        int vectors = 37;
        short[] x = new short[8 * vectors];
        Random random = new Random(5);
        for (int i = 0; i < x.length; i++) {
            x[i] = (short) Bfloat16.round((float) random.nextGaussian());
        }
        DeviceMemory in = bench.shorts(x);
        DeviceMemory out = bench.memory(16 * vectors);
        bench.run(
                module,
                "bf16_pairs",
                LaunchShape.of(1, 64),
                a -> a.pointer(in).pointer(out).int32(vectors));
        short[] got = bench.shorts(out);
        for (int i = 0; i < x.length; i++) {
            float value = Float.intBitsToFloat(x[i] << 16);
            float expected = i % 2 == 0 ? value * 2 + 1 : -value;
            float result = Float.intBitsToFloat(got[i] << 16);
            assertThat(result).isCloseTo(expected, org.assertj.core.data.Offset.offset(Math.abs(expected) * 0x1p-8f));
        }
    }

    @Test
    void choicesAmongManyWays() {
        int[] x = LanewiseKernel.integers(9);
        DeviceMemory in = bench.ints(x);
        DeviceMemory out = bench.memory(4 * x.length);
        bench.run(
                module,
                "choices",
                LaunchShape.of(3, 128),
                a -> a.pointer(in).pointer(out).int32(x.length));
        assertThat(bench.ints(out))
                .containsExactly(IntStream.of(x)
                        .map(v -> switch (v & 7) {
                            case 0 -> v * 3;
                            case 1 -> v / 7;
                            case 2 -> v % 11;
                            case 3 -> Integer.bitCount(v);
                            case 4 -> Integer.numberOfLeadingZeros(v);
                            case 5 -> Integer.divideUnsigned(v, 10);
                            default -> ~v;
                        })
                        .toArray());
    }
}
