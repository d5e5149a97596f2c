package org.jelectra.backend.cpu.openblas;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jelectra.backend.cpu.Gemm;
import org.jelectra.backend.cpu.GemmOperands;
import org.jelectra.backend.cpu.Matrix;
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
        return new Blocks(transposeA, transposeB, m, n, k);
    }

    @Override
    public GemmOperands operands(int worker) {
        return stages[worker].operands;
    }

    @Override
    public void multiply(int worker) {
        GemmOperands operands = operands(worker);
        stages[worker].multiply(operands, 0, operands.m, 0, operands.n);
    }

    private final class Blocks implements Product {

        private final GemmOperands operands = new GemmOperands();
        private final int columnTasks;
        private final int tasks;
        private final Workers.Body body = this::block;

        Blocks(boolean transposeA, boolean transposeB, int m, int n, int k) {
            operands.shape(transposeA, transposeB, m, n, k);
            columnTasks = (n + COLUMNS - 1) / COLUMNS;
            tasks = (m + ROWS - 1) / ROWS * columnTasks;
            for (Stage stage : stages) {
                stage.reserve(Math.min(m, ROWS), Math.min(n, COLUMNS), k);
            }
        }

        @Override
        public void run(Matrix a, Matrix b, float beta, Matrix bias, Matrix c) {
            operands.matrices(a, b, beta, bias, c);
            workers.run(tasks, body);
        }

        private void block(int task, int worker) {
            int row = task / columnTasks * ROWS;
            int column = task % columnTasks * COLUMNS;
            int rows = Math.min(ROWS, operands.m - row);
            int columns = Math.min(COLUMNS, operands.n - column);
            stages[worker].multiply(operands, row, rows, column, columns);
        }
    }
}
