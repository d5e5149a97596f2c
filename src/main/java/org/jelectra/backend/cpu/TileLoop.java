package org.jelectra.backend.cpu;

import java.util.Arrays;

/** One worker's share of a matrix product: the loops around the micro-kernel, and the scratch memory they need. */
final class TileLoop {

    /** Rows of k in a block: a panel of B, 64 columns wide, takes 64 KiB of the second-level cache. */
    static final int BLOCK = 256;

    private static final int ROWS = TileKernels.ROWS;
    private static final int NARROW = TileKernels.NARROW;

    private final TileKernels kernels;
    private final int width;
    /** What a tile's sums start from: the bias, or zeros. */
    private final float[] start;
    /** Tile of C at the lower and right edges. */
    private final float[] tile;
    /** The last rows of A where they are fewer than a tile's. */
    private final float[] lastRows = new float[ROWS * BLOCK];
    /** Panels of a transposed A, one block of k. */
    private float[] panelsA = new float[0];
    /** A block of one panel of B: copied right before its use, it is in the first-level cache then. */
    private final float[] panelB;
    /** The product that this worker computes alone. */
    final GemmOperands operands = new GemmOperands();

    TileLoop(TileKernels kernels) {
        this.kernels = kernels;
        this.width = kernels.columns();
        this.panelB = new float[BLOCK * width];
        this.tile = new float[ROWS * width];
        this.start = new float[width];
    }

    /** Makes room for tasks of {@code rows} rows. */
    void reserve(GemmOperands o, int rows) {
        int size = (rows + NARROW - 1) / NARROW * NARROW * Math.min(BLOCK, o.k);
        if (o.transposeA && panelsA.length < size) {
            panelsA = new float[size];
        }
    }

    /**
     * Rows [row, rowEnd) by panels [panel, panelEnd) of C; {@code shared} holds all panels of B, or is null: then they are
     * copied here. With beta = 0 the sums start at the bias (zero if null), otherwise at C.
     */
    void run(GemmOperands o, float[] shared, int row, int rowEnd, int panel, int panelEnd) {
        reserve(o, rowEnd - row);
        // otherwise the first block's tiles start from the bias
        if (o.beta == 0 && (o.transposeA || o.k == 0)) {
            initialise(o, row, rowEnd, panel * width, Math.min(o.n, panelEnd * width));
        }
        float[] b = shared == null ? panelB : shared;
        for (int k0 = 0; k0 < o.k; k0 += BLOCK) {
            int depth = Math.min(BLOCK, o.k - k0);
            if (o.transposeA) {
                Packing.panelsOfA(kernels, o, row, rowEnd, k0, depth, panelsA);
                if (o.rowSums != null && panel == 0) {
                    addRowSums(o, depth, row, rowEnd);
                }
            } else {
                keepLastRows(depth, row, rowEnd, o.a, o.ao + k0, o.lda);
            }
            for (int p = panel; p < panelEnd; p++) {
                int bo = shared == null ? 0 : (p * o.k + k0) * width;
                if (shared == null) {
                    Packing.panelOfB(kernels, o, p, k0, depth, b, bo);
                }
                column(o, depth, k0, row, rowEnd, b, bo, p * width);
            }
        }
    }

    private static void initialise(GemmOperands o, int row, int rowEnd, int column, int columnEnd) {
        for (int i = row; i < rowEnd; i++) {
            int at = o.co + i * o.ldc;
            if (o.bias == null) {
                Arrays.fill(o.c, at + column, at + columnEnd, 0f);
            } else {
                System.arraycopy(o.bias, o.biasOffset + column, o.c, at + column, columnEnd - column);
            }
        }
    }

    private void keepLastRows(int depth, int row, int rowEnd, float[] a, int ao, int lda) {
        int rest = (rowEnd - row) % ROWS;
        for (int i = 0; i < rest; i++) {
            System.arraycopy(a, ao + (rowEnd - rest + i) * lda, lastRows, i * BLOCK, depth);
        }
    }

    /** The task of the first columns adds the sums of its rows, from the panels that it has just copied. */
    private void addRowSums(GemmOperands o, int depth, int row, int rowEnd) {
        for (int i = row, panel = 0; i < rowEnd; i += NARROW, panel += NARROW * depth) {
            if (rowEnd - i >= NARROW) {
                kernels.addNarrowRows(depth, panelsA, panel, o.rowSums, o.rowSumsOffset + i);
                continue;
            }
            for (int k = 0; k < depth; k++) {
                for (int j = 0; j < rowEnd - i; j++) {
                    o.rowSums[o.rowSumsOffset + i + j] += panelsA[panel + k * NARROW + j];
                }
            }
        }
    }

    /** One panel of B, a block of k, from column {@code column} on, times the task's rows of A. */
    private void column(GemmOperands o, int depth, int k0, int row, int rowEnd, float[] b, int bo, int column) {
        int columns = Math.min(width, o.n - column);
        boolean begins = k0 == 0 && o.beta == 0 && !o.transposeA;
        if (begins) {
            begin(o, columns, column);
        }
        for (int i = row; i < rowEnd; i += ROWS) {
            int co = o.co + i * o.ldc + column;
            int rows = Math.min(ROWS, rowEnd - i);
            if (rows == ROWS && columns == width) {
                multiply(o, begins, depth, k0, row, i, rows, b, bo, o.c, co, o.ldc);
            } else {
                for (int j = 0; j < rows && !begins; j++) {
                    System.arraycopy(o.c, co + j * o.ldc, tile, j * width, columns);
                }
                multiply(o, begins, depth, k0, row, i, rows, b, bo, tile, 0, width);
                for (int j = 0; j < rows; j++) {
                    System.arraycopy(tile, j * width, o.c, co + j * o.ldc, columns);
                }
            }
        }
    }

    private void begin(GemmOperands o, int columns, int column) {
        if (o.bias == null) {
            Arrays.fill(start, 0f);
        } else {
            System.arraycopy(o.bias, o.biasOffset + column, start, 0, columns);
        }
    }

    /** The tile of rows [i, i + rows). */
    private void multiply(
            GemmOperands o,
            boolean begins,
            int depth,
            int k0,
            int row,
            int i,
            int rows,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc) {
        if (o.transposeA) {
            int local = i - row;
            int ao = local / NARROW * NARROW * depth + local % NARROW;
            kernels.multiplyColumns(depth, panelsA, ao, b, bo, c, co, ldc);
            return;
        }
        boolean whole = rows == ROWS;
        float[] a = whole ? o.a : lastRows;
        int ao = whole ? o.ao + k0 + i * o.lda : 0;
        int lda = whole ? o.lda : BLOCK;
        if (begins) {
            kernels.beginRows(depth, a, ao, lda, b, bo, start, 0, c, co, ldc);
        } else {
            kernels.multiplyRows(depth, a, ao, lda, b, bo, c, co, ldc);
        }
    }
}
