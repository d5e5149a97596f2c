package org.jelectra.backend.cpu.openblas;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jelectra.backend.cpu.Gemm;
import org.jelectra.backend.cpu.Workers;

/**
 * Matrix products by OpenBLAS on one thread per call, called from our workers on a partition that depends on the shape alone:
 * OpenBLAS chooses its inner loops by the size of a block, so another partition could sum in another order.
 *
 * <p>Operands are staged through memory outside the heap: passing arrays would copy each of them whole, whatever part is used.
 */
public final class OpenBlasGemm implements Gemm {

    /** Rows and columns of C in a task, at most: one task of 256 x 512 x 256 takes about a millisecond. */
    private static final int ROWS = 256;

    private static final int COLUMNS = 512;

    private final Workers workers;
    private final Stage[] stages;

    /**
     * Loads OpenBLAS (a second or so at the first time).
     *
     * @throws UnsatisfiedLinkError if the natives of this platform are not on the class path
     */
    public OpenBlasGemm(Workers workers) {
        Loader.load(openblas_nolapack.class);
        openblas_nolapack.blas_set_num_threads(1);
        this.workers = workers;
        this.stages = new Stage[workers.count()];
        for (int i = 0; i < stages.length; i++) {
            stages[i] = new Stage();
        }
    }

    @Override
    public String name() {
        return "OpenBLAS, one thread a call";
    }

    @Override
    public Product prepare(boolean transposeA, boolean transposeB, int m, int n, int k) {
        if (m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException("negative size: m=" + m + " n=" + n + " k=" + k);
        }
        for (Stage stage : stages) {
            stage.reserve(Math.min(m, ROWS), Math.min(n, COLUMNS), k);
        }
        return new Blocks(transposeA, transposeB, m, n, k);
    }

    @Override
    public void multiply(
            int worker,
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float beta,
            float[] c,
            int co,
            int ldc) {
        stages[worker].multiply(transposeA, transposeB, m, n, k, a, ao, lda, b, bo, ldb, beta, null, 0, c, co, ldc);
    }

    private final class Blocks implements Product {

        private final boolean transposeA;
        private final boolean transposeB;
        private final int m;
        private final int n;
        private final int k;
        private final int columnTasks;
        private final int tasks;
        private final Workers.Body body = this::block;
        private float[] a;
        private int ao;
        private int lda;
        private float[] b;
        private int bo;
        private int ldb;
        private float beta;
        private float[] bias;
        private int biasOffset;
        private float[] c;
        private int co;
        private int ldc;

        Blocks(boolean transposeA, boolean transposeB, int m, int n, int k) {
            this.transposeA = transposeA;
            this.transposeB = transposeB;
            this.m = m;
            this.n = n;
            this.k = k;
            this.columnTasks = (n + COLUMNS - 1) / COLUMNS;
            this.tasks = (m + ROWS - 1) / ROWS * columnTasks;
        }

        @Override
        public void run(
                float[] a,
                int ao,
                int lda,
                float[] b,
                int bo,
                int ldb,
                float beta,
                float[] bias,
                int biasOffset,
                float[] c,
                int co,
                int ldc) {
            this.a = a;
            this.ao = ao;
            this.lda = lda;
            this.b = b;
            this.bo = bo;
            this.ldb = ldb;
            this.beta = beta;
            this.bias = bias;
            this.biasOffset = biasOffset;
            this.c = c;
            this.co = co;
            this.ldc = ldc;
            workers.run(tasks, body);
        }

        private void block(int task, int worker) {
            int i = task / columnTasks * ROWS;
            int j = task % columnTasks * COLUMNS;
            stages[worker].multiply(
                    transposeA,
                    transposeB,
                    Math.min(ROWS, m - i),
                    Math.min(COLUMNS, n - j),
                    k,
                    a,
                    transposeA ? ao + i : ao + i * lda,
                    lda,
                    b,
                    transposeB ? bo + j * ldb : bo + j,
                    ldb,
                    beta,
                    bias,
                    biasOffset + j,
                    c,
                    co + i * ldc + j,
                    ldc);
        }
    }
}
