package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;

/** One instruction on many random numbers: element i of the result comes from elements i of the operands. */
final class LanewiseKernel {

    /** Not a multiple of a warp, so that part of the lanes is switched off. */
    static final int SIZE = 300;

    private LanewiseKernel() {}

    /**
     * PTX that loads operands a, b and c of one type, does {@code statements}, and stores d.
     *
     * @param in type of the operands, such as s32
     * @param out type of the result
     */
    static String source(String in, String out, String statements) {
        int inBytes = bytes(in);
        int outBytes = bytes(out);
        return SimulatorBench.source(4, """
                .reg .pred %%p<4>;
                .reg .b32 %%i<4>;
                .reg .b64 %%rd<12>;
                .reg .%2$s d;
                .reg .%1$s a, b, c;
                mov.u32 %%i0, %%tid.x;
                mul.wide.u32 %%rd0, %%i0, %3$d;
                mul.wide.u32 %%rd1, %%i0, %4$d;
                ld.param.u64 %%rd2, [p0];
                ld.param.u64 %%rd3, [p1];
                ld.param.u64 %%rd4, [p2];
                ld.param.u64 %%rd5, [p3];
                add.s64 %%rd2, %%rd2, %%rd0;
                add.s64 %%rd3, %%rd3, %%rd0;
                add.s64 %%rd4, %%rd4, %%rd0;
                add.s64 %%rd5, %%rd5, %%rd1;
                ld.global.%1$s a, [%%rd2];
                ld.global.%1$s b, [%%rd3];
                ld.global.%1$s c, [%%rd4];
                %5$s
                st.global.%2$s [%%rd5], d;
                ret;
                """.formatted(in, out, inBytes, outBytes, statements));
    }

    private static int bytes(String type) {
        return Integer.parseInt(type.replaceAll("\\D", "")) / 8;
    }

    /** Runs it over {@link #SIZE} elements. */
    static void run(
            SimulatorBench bench, String source, DeviceMemory a, DeviceMemory b, DeviceMemory c, DeviceMemory d) {
        bench.run(source, LaunchShape.of(1, SIZE), a, b, c, d);
    }

    /** What an instruction makes of three integers. */
    @FunctionalInterface
    interface IntDefinition {
        int of(int a, int b, int c);
    }

    /** Statements that make d of the 32 bits of a, b and c do what they should. */
    static void requireEqual(SimulatorBench bench, String statement, IntDefinition definition) {
        int[] a = integers(1);
        int[] b = integers(2);
        int[] c = integers(3);
        DeviceMemory d = bench.memory(4 * SIZE);
        run(bench, source("b32", "b32", statement), bench.ints(a), bench.ints(b), bench.ints(c), d);
        int[] got = bench.ints(d);
        for (int i = 0; i < got.length; i++) {
            int expected = definition.of(a[i], b[i], c[i]);
            assertThat(got[i])
                    .as("%s of %x, %x, %x: %x, got %x", statement, a[i], b[i], c[i], expected, got[i])
                    .isEqualTo(expected);
        }
    }

    /** Random integers of all magnitudes, among them 0, 1, -1 and the extremes. */
    static int[] integers(long seed) {
        Random random = new Random(seed);
        int[] values = new int[SIZE];
        int[] special = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 31, 32, 33};
        for (int i = 0; i < SIZE; i++) {
            values[i] = random.nextInt(4) == 0
                    ? special[random.nextInt(special.length)]
                    : random.nextInt() >> random.nextInt(32);
        }
        return values;
    }

    /** Random 64-bit integers of all magnitudes, among them the extremes. */
    static long[] longIntegers(long seed) {
        Random random = new Random(seed);
        long[] values = new long[SIZE];
        long[] special = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 63, 64, 65};
        for (int i = 0; i < SIZE; i++) {
            values[i] = random.nextInt(4) == 0
                    ? special[random.nextInt(special.length)]
                    : random.nextLong() >> random.nextInt(64);
        }
        return values;
    }

    /** Random floats over many magnitudes, among them zeros, subnormals, infinities and NaN. */
    static float[] singles(long seed) {
        Random random = new Random(seed);
        float[] values = new float[SIZE];
        float[] special = {
            0,
            -0f,
            1,
            -1,
            Float.MIN_VALUE,
            -1e-40f,
            Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            0.5f,
            2.5f
        };
        for (int i = 0; i < SIZE; i++) {
            values[i] = random.nextInt(4) == 0
                    ? special[random.nextInt(special.length)]
                    : (float) (random.nextGaussian() * Math.scalb(1f, random.nextInt(60) - 30));
        }
        return values;
    }

    /** Random doubles over many magnitudes, among them zeros, infinities and NaN. */
    static double[] doubles(long seed) {
        Random random = new Random(seed);
        double[] values = new double[SIZE];
        double[] special = {
            0, -0.0, 1, -1, 0.5, 2.5, 1e300, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN
        };
        for (int i = 0; i < SIZE; i++) {
            values[i] = random.nextInt(4) == 0
                    ? special[random.nextInt(special.length)]
                    : random.nextGaussian() * Math.scalb(1.0, random.nextInt(100) - 50);
        }
        return values;
    }
}
