package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.cpu.TestKernels.random;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What matrix products have to do, with the micro-kernels of either kind. */
abstract class PanelGemmContract {

    /** Rows, columns, depth: degenerate sizes, sizes around the tile and the blocks, and products of several tasks. */
    private static final int[][] SHAPES = {
        {1, 1, 1},
        {1, 40, 7},
        {37, 1, 19},
        {5, 3, 1},
        {4, 32, 8},
        {3, 31, 33},
        {9, 65, 257},
        {33, 17, 300},
        {64, 64, 64},
        {130, 70, 256},
        {7, 1030, 64},
        {300, 40, 520},
        {2, 3, 0},
        {0, 3, 2},
        {3, 0, 2}
    };

    abstract PanelGemm create(Workers workers);

    /** A product with its operands in wider arrays, so that strides and offsets matter. */
    private static final class Case {
        final boolean transposeA;
        final boolean transposeB;
        final int m;
        final int n;
        final int k;
        final int lda;
        final int ldb;
        final int ldc;
        final float[] a;
        final float[] b;
        final float[] c;
        final float[] bias;

        Case(int[] shape, boolean transposeA, boolean transposeB) {
            this.transposeA = transposeA;
            this.transposeB = transposeB;
            this.m = shape[0];
            this.n = shape[1];
            this.k = shape[2];
            this.lda = (transposeA ? m : k) + 3;
            this.ldb = (transposeB ? k : n) + 2;
            this.ldc = n + 5;
            this.a = random(2 + lda * (transposeA ? k : m), 1, 1);
            this.b = random(4 + ldb * (transposeB ? n : k), 1, 2);
            this.c = random(6 + ldc * m, 1, 3);
            this.bias = random(n + 1, 1, 4);
        }

        double product(int i, int j) {
            double sum = 0;
            for (int kk = 0; kk < k; kk++) {
                double x = a[2 + (transposeA ? kk * lda + i : i * lda + kk)];
                sum += x * b[4 + (transposeB ? j * ldb + kk : kk * ldb + j)];
            }
            return sum;
        }

        /** Checks the product and that nothing beside it changed; {@code biasFactor} 0 or 1. */
        void check(float[] result, float beta, int biasFactor) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int at = 6 + i * ldc + j;
                    double expected = product(i, j) + (beta == 0 ? 0 : c[at]) + biasFactor * bias[1 + j];
                    if (!(Math.abs(result[at] - expected) < 1e-6 * k + 1e-6)) {
                        assertThat((double) result[at])
                                .as("C[%d][%d] of %d x %d x %d, %s %s", i, j, m, n, k, transposeA, transposeB)
                                .isCloseTo(expected, within(1e-6 * k + 1e-6));
                    }
                }
                for (int j = n; j < ldc; j++) {
                    assertThat(result[6 + i * ldc + j]).isEqualTo(c[6 + i * ldc + j]);
                }
            }
            for (int i = 0; i < 6; i++) {
                assertThat(result[i]).isEqualTo(c[i]);
            }
        }

        float[] run(PanelGemm gemm, float beta, float[] bias, float[] start) {
            float[] result = start.clone();
            run(prepare(gemm), beta, bias, result);
            return result;
        }

        PanelGemm.Product prepare(PanelGemm gemm) {
            return gemm.prepare(transposeA, transposeB, m, n, k);
        }

        Matrix b() {
            return new Matrix(b, 4, ldb);
        }

        void run(PanelGemm.Product prepared, float beta, float[] bias, float[] result) {
            Matrix row = bias == null ? null : new Matrix(bias, 1, n);
            prepared.run(new Matrix(a, 2, lda), b(), beta, row, new Matrix(result, 6, ldc));
        }

        float[] multiply(PanelGemm gemm, float beta, float[] start) {
            float[] result = start.clone();
            multiplyIn(gemm, beta, result);
            return result;
        }

        void multiplyIn(PanelGemm gemm, float beta, float[] result) {
            gemm.operands(0)
                    .shape(transposeA, transposeB, m, n, k)
                    .a(a, 2, lda)
                    .b(b, 4, ldb)
                    .c(beta, result, 6, ldc);
            gemm.multiply(0);
        }
    }

    private interface CaseBody {
        void run(Case product);
    }

    private static void forAll(CaseBody body) {
        for (int[] shape : SHAPES) {
            for (int t = 0; t < 4; t++) {
                body.run(new Case(shape, (t & 1) != 0, (t & 2) != 0));
            }
        }
    }

    @Test
    void productsMatchTheReference() {
        try (Workers workers = new Workers(2)) {
            PanelGemm gemm = create(workers);
            forAll(product -> {
                product.check(product.run(gemm, 0f, null, withNaN(product)), 0f, 0);
                product.check(product.run(gemm, 0f, product.bias, withNaN(product)), 0f, 1);
                product.check(product.run(gemm, 1f, null, product.c), 1f, 0);
                product.check(product.multiply(gemm, 0f, withNaN(product)), 0f, 0);
                product.check(product.multiply(gemm, 1f, product.c), 1f, 0);
            });
        }
    }

    /** C as given beside the product, NaN inside: beta = 0 may not read it. */
    private static float[] withNaN(Case product) {
        float[] c = product.c.clone();
        for (int i = 0; i < product.m; i++) {
            for (int j = 0; j < product.n; j++) {
                c[6 + i * product.ldc + j] = Float.NaN;
            }
        }
        return c;
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        try (Workers one = new Workers(1);
                Workers two = new Workers(2);
                Workers three = new Workers(3)) {
            PanelGemm first = create(one);
            PanelGemm second = create(two);
            PanelGemm third = create(three);
            forAll(product -> {
                float[] expected = product.run(first, 0f, product.bias, product.c);
                assertThat(product.run(second, 0f, product.bias, product.c)).containsExactly(expected);
                assertThat(product.run(third, 0f, product.bias, product.c)).containsExactly(expected);
                assertThat(product.run(third, 0f, product.bias, product.c)).containsExactly(expected);
            });
        }
    }

    @Test
    void rowSumsAreThoseOfSequentialAdditionAndLeaveTheProductAlone() {
        try (Workers one = new Workers(1);
                Workers three = new Workers(3)) {
            for (PanelGemm gemm : new PanelGemm[] {create(one), create(three)}) {
                forAll(product -> {
                    PanelGemm.Product prepared = product.prepare(gemm);
                    float[] start = random(product.m + 3, 1, 5);
                    float[] sums = start.clone();
                    float[] expected = start.clone();
                    if (product.transposeA && product.n > 0) {
                        prepared.addRowSums(sums, 2);
                        for (int k = 0; k < product.k; k++) {
                            for (int i = 0; i < product.m; i++) {
                                expected[2 + i] += product.a[2 + k * product.lda + i];
                            }
                        }
                    }
                    float[] result = product.c.clone();
                    product.run(prepared, 1f, null, result);
                    assertThat(result).containsExactly(product.run(gemm, 1f, null, product.c));
                    assertThat(sums).containsExactly(expected);
                });
            }
        }
    }

    @Test
    void constantOperandsGiveTheSameBits() {
        try (Workers workers = new Workers(2)) {
            PanelGemm gemm = create(workers);
            forAll(product -> {
                float[] expected = product.run(gemm, 0f, product.bias, product.c);
                for (int time = 0; time < 2; time++) {
                    PanelGemm.Product prepared = gemm.prepareConstant(
                            product.transposeA, product.transposeB, product.m, product.n, product.k, product.b());
                    // another product in between uses the shared memory
                    new Case(new int[] {9, 65, 257}, false, true).run(gemm, 0f, null, new float[1000]);
                    float[] result = withNaN(product);
                    product.run(prepared, 0f, product.bias, result);
                    assertThat(result).containsExactly(expected);
                }
            });
        }
    }

    /** A backend outlives the models that were loaded on it. */
    @Test
    @Timeout(60)
    void panelsGoWithTheirConstantOperand() throws InterruptedException {
        try (Workers workers = new Workers(1)) {
            PanelGemm gemm = create(workers);
            WeakReference<float[]> weights = prepareConstant(gemm);
            for (int i = 0; weights.get() != null && i < 100; i++) {
                System.gc();
                TimeUnit.MILLISECONDS.sleep(50);
            }
            assertThat(weights.get()).isNull();
        }
    }

    private static WeakReference<float[]> prepareConstant(PanelGemm gemm) {
        float[] weights = new float[64 * 64];
        gemm.prepareConstant(false, true, 8, 64, 64, new Matrix(weights, 0, 64));
        return new WeakReference<>(weights);
    }

    @Test
    void aPreparedProductRunsAgainAfterALargerOneWasPrepared() {
        try (Workers workers = new Workers(2)) {
            PanelGemm gemm = create(workers);
            Case small = new Case(new int[] {20, 40, 30}, true, true);
            PanelGemm.Product prepared = small.prepare(gemm);
            new Case(new int[] {300, 200, 100}, true, false).run(gemm, 0f, null, new float[70_000]);
            float[] c = small.c.clone();
            small.run(prepared, 0f, null, c);
            small.check(c, 0f, 0);
        }
    }

    @Test
    void nothingIsAllocatedInSteadyState() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Workers workers = new Workers(2)) {
            PanelGemm gemm = create(workers);
            Case[] cases = {
                new Case(new int[] {130, 70, 300}, true, false), new Case(new int[] {130, 70, 300}, false, true)
            };
            for (Case product : cases) {
                PanelGemm.Product prepared = product.prepare(gemm);
                Matrix a = new Matrix(product.a, 2, product.lda);
                Matrix b = product.b();
                Matrix c = new Matrix(product.c, 6, product.ldc);
                // until compiled: the interpreter boxes vectors
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 40 && least > 0; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 50; i++) {
                        prepared.run(a, b, 0f, null, c);
                        product.multiplyIn(gemm, 0f, product.c);
                    }
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
                // deoptimised code may box a vector now and then; a buffer would be 100 KB a product
                assertThat(least).isLessThan(5_000);
            }
        }
    }

    @Test
    void negativeSizesAreRefused() {
        try (Workers workers = new Workers(1)) {
            PanelGemm gemm = create(workers);
            assertThatThrownBy(() -> gemm.prepare(false, false, 1, -1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("n=-1");
        }
    }
}
