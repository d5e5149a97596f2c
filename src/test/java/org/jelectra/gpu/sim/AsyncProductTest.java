package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.OperandImage.Major;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asynchronous products of a warpgroup, for every layout of their operands. */
class AsyncProductTest {

    private static final int M = 64;
    private static final int K = 64;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private static float[] random(int rows, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * K];
        for (int i = 0; i < values.length; i++) {
            values[i] = Bfloat16.toFloat(Bfloat16.round((float) random.nextGaussian()));
        }
        return values;
    }

    /** {@code steps} products of k = 16 with the descriptors of two images that lie behind each other. */
    private float[] product(OperandImage a, OperandImage b, int n, int steps, String signs) {
        byte[] image = new byte[a.bytes() + b.bytes()];
        a.write(image, 0);
        b.write(image, a.bytes());
        StringBuilder products = new StringBuilder();
        for (int i = 0; i < steps; i++) {
            products.append("""
                    ld.global.u64 %%rd3, [%%rd1+%d];
                    ld.global.u64 %%rd4, [%%rd1+%d];
                    %s, %%rd3, %%rd4, %s, %s, %d, %d;
                    """.formatted(
                            16 * i,
                            16 * i + 8,
                            AsyncKernels.product(n),
                            i == 0 ? "%p0" : "%p1",
                            signs,
                            a.major().transposed(),
                            b.major().transposed()));
        }
        long[] descriptors = new long[2 * steps];
        for (int i = 0; i < steps; i++) {
            descriptors[2 * i] = a.descriptor(0, i);
            descriptors[2 * i + 1] = b.descriptor(a.bytes(), i);
        }
        DeviceMemory out = bench.memory(4 * M * n);
        bench.run(
                AsyncKernels.source(
                        n,
                        AsyncKernels.fill(image.length) + "wgmma.fence.sync.aligned;\n" + products
                                + "wgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;\n"),
                LaunchShape.of(1, 128).withShared(image.length),
                bench.bytes(image),
                bench.longs(descriptors),
                out);
        return AsyncKernels.sums(bench.floats(out), n);
    }

    private static void check(float[] got, float[] a, float[] b, int n, int depth, float sign) {
        for (int row = 0; row < M; row++) {
            for (int column = 0; column < n; column++) {
                double expected = 0;
                for (int k = 0; k < depth; k++) {
                    expected += (double) a[row * K + k] * b[column * K + k];
                }
                assertThat(got[row * n + column])
                        .as("row %d, column %d", row, column)
                        .isCloseTo(sign * (float) expected, org.assertj.core.data.Offset.offset(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "K, 0, K, 0, 64",
        "K, 32, K, 32, 64",
        "K, 64, K, 64, 64",
        "K, 128, K, 128, 64",
        "MN, 0, MN, 0, 64",
        "MN, 32, MN, 32, 64",
        "MN, 64, MN, 64, 64",
        "MN, 128, MN, 128, 64",
        "MN, 128, K, 128, 128",
        "K, 128, MN, 128, 128",
        "K, 128, K, 128, 8",
        "K, 64, MN, 0, 8",
        "K, 128, K, 128, 24",
        "K, 128, K, 128, 256",
        "K, 128, MN, 128, 256",
        "K, 0, MN, 64, 256",
        "MN, 32, K, 0, 192"
    })
    void layouts(Major majorA, int swizzleA, Major majorB, int swizzleB, int n) {
        float[] a = random(M, 1);
        float[] b = random(n, 2);
        float[] got = product(
                new OperandImage(a, M, K, majorA, swizzleA), new OperandImage(b, n, K, majorB, swizzleB), n, 4, "1, 1");
        check(got, a, b, n, K, 1);
    }

    @ParameterizedTest
    @CsvSource({"'-1, 1', -1", "'1, -1', -1", "'-1, -1', 1"})
    void negatedOperands(String signs, float sign) {
        float[] a = random(M, 3);
        float[] b = random(64, 4);
        float[] got = product(
                new OperandImage(a, M, K, Major.K, 128), new OperandImage(b, 64, K, Major.K, 128), 64, 1, signs);
        check(got, a, b, 64, 16, sign);
    }

    @ParameterizedTest
    @CsvSource({"8, K", "64, MN", "128, K", "256, MN"})
    void leftOperandFromRegisters(int n, Major major) {
        float[] a = random(M, 5);
        float[] b = random(n, 6);
        OperandImage right = new OperandImage(b, n, K, major, 128 > 2 * n && major == Major.MN ? 0 : 128);
        byte[] image = new byte[right.bytes()];
        right.write(image, 0);
        DeviceMemory out = bench.memory(4 * M * n);
        String body = AsyncKernels.fill(image.length)
                + """
                mul.wide.u32 %%rd3, %%r0, 16;
                add.s64 %%rd3, %%rd3, %%rd1;
                ld.global.v4.u32 {%%r4, %%r5, %%r6, %%r7}, [%%rd3+8];
                ld.global.u64 %%rd4, [%%rd1];
                wgmma.fence.sync.aligned;
                %s, {%%r4, %%r5, %%r6, %%r7}, %%rd4, %%p0, 1, 1, %d;
                wgmma.commit_group.sync.aligned;
                wgmma.wait_group.sync.aligned 0;
                """.replace("[%%rd3+8]", "[%%rd3+16]").formatted(AsyncKernels.product(n), major.transposed());
        bench.run(
                AsyncKernels.source(n, body),
                LaunchShape.of(1, 128).withShared(image.length),
                bench.bytes(image),
                bench.longs(fragments(a, right.descriptor(0, 0))),
                out);
        check(AsyncKernels.sums(bench.floats(out), n), a, b, n, 16, 1);
    }

    /** A descriptor, 8 bytes of nothing, and the elements of A in the order of m16n8k16, 4 registers for each thread. */
    private static long[] fragments(float[] a, long descriptor) {
        long[] words = new long[2 + 2 * 128];
        words[0] = descriptor;
        for (int thread = 0; thread < 128; thread++) {
            for (int register = 0; register < 4; register++) {
                int row = thread / 32 * 16 + thread % 32 / 4 + register % 2 * 8;
                int k = thread % 4 * 2 + register / 2 * 8;
                long pair =
                        Bfloat16.round(a[row * K + k]) & 0xFFFFL | (Bfloat16.round(a[row * K + k + 1]) & 0xFFFFL) << 16;
                words[2 + 2 * thread + register / 2] |= pair << 32 * (register % 2);
            }
        }
        return words;
    }

    @Test
    void workIsCounted() {
        float[] a = random(M, 1);
        float[] b = random(128, 2);
        product(new OperandImage(a, M, K, Major.K, 128), new OperandImage(b, 128, K, Major.MN, 128), 128, 4, "1, 1");
        KernelCounters counters = bench.driver.counters().get("k");
        // as if they were products of m16n8k16
        assertThat(counters.matrixProducts()).isEqualTo(4 * 4 * 16);
        // 16 bytes of each thread to fill it; then core matrices of 8 rows of 16 bytes, which take one pass each
        long filled = (M + 128) * K * 2 / 512 * 4;
        assertThat(counters.sharedWavefronts() - filled).isEqualTo(4 * (M / 8 * 2 + 128 / 8 * 2));
        assertThat(counters.sharedWavefronts()).isEqualTo(counters.idealSharedWavefronts());
    }
}
