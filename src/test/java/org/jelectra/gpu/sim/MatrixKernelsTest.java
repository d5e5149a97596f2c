package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Random;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asynchronous copies, ldmatrix and mma, and defects in their use. */
class MatrixKernelsTest {

    private static final int M = 128;
    private static final int K = 96;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private final KernelModule module = bench.resource("matrices.ptx");

    private static short[] random(int n, long seed) {
        Random random = new Random(seed);
        short[] values = new short[n];
        for (int i = 0; i < n; i++) {
            values[i] = (short) Bfloat16.round((float) random.nextGaussian());
        }
        return values;
    }

    private float[] multiply(String kernel, int n, short[] a, short[] b) {
        DeviceMemory left = bench.shorts(a);
        DeviceMemory right = bench.shorts(b);
        DeviceMemory out = bench.memory(4 * M * n);
        bench.run(
                module,
                kernel,
                LaunchShape.of((n + 63) / 64, M / 64, 128).withShared(16384),
                x -> x.pointer(left)
                        .pointer(right)
                        .pointer(out)
                        .int32(M)
                        .int32(n)
                        .int32(K));
        return bench.floats(out);
    }

    @ParameterizedTest
    @CsvSource({"product_right, 64", "product_right, 102", "product_with_conflicts, 64"})
    void products(String kernel, int n) {
        short[] a = random(M * K, 1);
        short[] b = random(n * K, 2);
        float[] got = multiply(kernel, n, a, b);
        for (int row = 0; row < M; row++) {
            for (int column = 0; column < n; column++) {
                double expected = 0;
                for (int k = 0; k < K; k++) {
                    expected += (double) Bfloat16.toFloat(a[row * K + k]) * Bfloat16.toFloat(b[column * K + k]);
                }
                assertThat(got[row * n + column])
                        .as("row %d, column %d", row, column)
                        .isCloseTo((float) expected, org.assertj.core.data.Offset.offset(1e-4f));
            }
        }
    }

    private KernelFault.Report fault(String kernel) {
        KernelFault fault = catchThrowableOfType(
                KernelFault.class, () -> multiply(kernel, 64, random(M * K, 1), random(64 * K, 2)));
        return fault.report();
    }

    @Test
    void aWaitForTooFewCopies() {
        KernelFault.Report report = fault("product_that_waits_too_little");
        assertThat(report.kind()).isEqualTo(FaultKind.PENDING_COPY);
        assertThat(report.statement()).startsWith("ldmatrix");
        assertThat(report.details()).contains("no wait has completed");
    }

    @Test
    void aTileThatIsOverwrittenWhileOthersReadIt() {
        KernelFault.Report report = fault("product_without_barrier");
        assertThat(report.kind()).isEqualTo(FaultKind.SHARED_RACE);
        assertThat(report.statement()).startsWith("cp.async");
        assertThat(report.details()).contains("read with no barrier between");
    }

    @Test
    void bankConflictsAreCounted() {
        short[] a = random(M * K, 1);
        short[] b = random(64 * K, 2);
        multiply("product_right", 64, a, b);
        multiply("product_with_conflicts", 64, a, b);
        KernelCounters right = bench.driver.counters().get("product_right");
        KernelCounters conflicting = bench.driver.counters().get("product_with_conflicts");
        // 2 blocks of 4 warps, 3 steps of 2 halves, 8 products each
        assertThat(right.matrixProducts()).isEqualTo(2 * 4 * 3 * 2 * 8);
        assertThat(right.sharedWavefronts()).isEqualTo(right.idealSharedWavefronts());
        assertThat(conflicting.idealSharedWavefronts()).isEqualTo(right.idealSharedWavefronts());
        // rows of 64 bytes: 8 rows of a matrix meet in 2 groups of 4 banks, for each of the 5 x 4 matrices of a half
        long matrices = 2 * 4 * 3 * 2 * 20;
        long copies = right.idealSharedWavefronts() - matrices;
        assertThat(conflicting.sharedWavefronts()).isEqualTo(copies + 4 * matrices);
    }

    @Test
    void matricesAreDistributedOverTheLanes() {
        short[] elements = new short[256];
        for (int i = 0; i < 256; i++) {
            elements[i] = (short) i;
        }
        DeviceMemory in = bench.shorts(elements);
        DeviceMemory plain = bench.memory(512);
        DeviceMemory transposed = bench.memory(512);
        bench.run(
                module,
                "distribute",
                LaunchShape.of(1, 32),
                x -> x.pointer(in).pointer(plain).pointer(transposed));
        short[] gotPlain = bench.shorts(plain);
        short[] gotTransposed = bench.shorts(transposed);
        for (int matrix = 0; matrix < 4; matrix++) {
            for (int lane = 0; lane < 32; lane++) {
                for (int half = 0; half < 2; half++) {
                    int row = lane / 4;
                    int column = lane % 4 * 2 + half;
                    int at = matrix * 64 + lane * 2 + half;
                    assertThat(gotPlain[at]).isEqualTo(elements[64 * matrix + 8 * row + column]);
                    assertThat(gotTransposed[at]).isEqualTo(elements[64 * matrix + 8 * column + row]);
                }
            }
        }
    }
}
