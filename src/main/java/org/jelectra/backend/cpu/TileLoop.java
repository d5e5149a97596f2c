package org.jelectra.backend.cpu;

import java.util.Arrays;

/** One worker's share of a matrix product: the loops around the micro-kernel, and the scratch memory they need. */
final class TileLoop {

    /** Rows of k in a block: a panel of B, 32 columns wide, takes 32 KiB. */
    static final int BLOCK = 256;

    private static final int ROWS = CpuKernels.TILE_ROWS;

    private final CpuKernels kernels;
    private final int width;
    /** Tile of C at the lower and right edges. */
    private final float[] tile;
    /** The last rows of A where they are fewer than a tile's. */
    private final float[] lastRows = new float[ROWS * BLOCK];
    /** Panels of a transposed A, one block of k. */
    private float[] panelsA = new float[0];
    /** Panels of B, for products of one worker. */
    private float[] panelsB = new float[0];

    TileLoop(CpuKernels kernels) {
        this.kernels = kernels;
        this.width = kernels.tileColumns();
        this.tile = new float[ROWS * width];
    }

    /** Makes room for {@code m} rows of a transposed A. */
    void reserveA(int m, int k) {
        int size = (m + width - 1) / width * width * Math.min(BLOCK, k);
        if (panelsA.length < size) {
            panelsA = new float[size];
        }
    }

    /** Memory for {@code size} elements of packed B. */
    float[] reserveB(int size) {
        if (panelsB.length < size) {
            panelsB = new float[size];
        }
        return panelsB;
    }

    /**
     * Rows [row, rowEnd) by panels [panel, panelEnd) of C, from packed B. {@code overwrite} starts the sums at the bias (zero
     * if null), otherwise at C.
     */
    void run(
            boolean transposeA,
            int k,
            int n,
            int row,
            int rowEnd,
            int panel,
            int panelEnd,
            float[] a,
            int ao,
            int lda,
            float[] b,
            boolean overwrite,
            float[] bias,
            int biasOffset,
            float[] c,
            int co,
            int ldc) {
        if (overwrite) {
            initialise(row, rowEnd, panel * width, Math.min(n, panelEnd * width), bias, biasOffset, c, co, ldc);
        }
        for (int k0 = 0; k0 < k; k0 += BLOCK) {
            int depth = Math.min(BLOCK, k - k0);
            if (transposeA) {
                packA(depth, row, rowEnd, a, ao + k0 * lda, lda);
            } else {
                keepLastRows(depth, row, rowEnd, a, ao + k0, lda);
            }
            for (int p = panel; p < panelEnd; p++) {
                int bo = (p * k + k0) * width;
                int columns = Math.min(width, n - p * width);
                if (transposeA) {
                    packedColumn(depth, row, rowEnd, b, bo, columns, c, co + p * width, ldc);
                } else {
                    column(depth, row, rowEnd, a, ao + k0, lda, b, bo, columns, c, co + p * width, ldc);
                }
            }
        }
    }

    private static void initialise(
            int row, int rowEnd, int column, int columnEnd, float[] bias, int biasOffset, float[] c, int co, int ldc) {
        for (int i = row; i < rowEnd; i++) {
            int start = co + i * ldc;
            if (bias == null) {
                Arrays.fill(c, start + column, start + columnEnd, 0f);
            } else {
                System.arraycopy(bias, biasOffset + column, c, start + column, columnEnd - column);
            }
        }
    }

    /** Panels of a transposed A: rows [row, rowEnd) of op(A) are columns of what is stored. */
    private void packA(int depth, int row, int rowEnd, float[] a, int ao, int lda) {
        reserveA(rowEnd - row, depth);
        for (int i = row, t = 0; i < rowEnd; i += width, t += width * depth) {
            int columns = Math.min(width, rowEnd - i);
            if (columns == width) {
                kernels.pack(depth, a, ao + i, lda, panelsA, t);
            } else {
                Packing.packPartial(depth, columns, width, a, ao + i, lda, panelsA, t);
            }
        }
    }

    private void keepLastRows(int depth, int row, int rowEnd, float[] a, int ao, int lda) {
        int rest = (rowEnd - row) % ROWS;
        for (int i = 0; i < rest; i++) {
            System.arraycopy(a, ao + (rowEnd - rest + i) * lda, lastRows, i * BLOCK, depth);
        }
    }

    /** One panel of B times a transposed, packed A. */
    private void packedColumn(
            int depth, int row, int rowEnd, float[] b, int bo, int columns, float[] c, int co, int ldc) {
        for (int i = row; i < rowEnd; i += ROWS) {
            int local = i - row;
            int ao = local / width * width * depth + local % width;
            int rows = Math.min(ROWS, rowEnd - i);
            if (rows == ROWS && columns == width) {
                kernels.multiplyTile(depth, panelsA, ao, b, bo, c, co + i * ldc, ldc);
            } else {
                load(rows, columns, c, co + i * ldc, ldc);
                kernels.multiplyTile(depth, panelsA, ao, b, bo, tile, 0, width);
                store(rows, columns, c, co + i * ldc, ldc);
            }
        }
    }

    /** One panel of B times rows of A. */
    private void column(
            int depth,
            int row,
            int rowEnd,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int columns,
            float[] c,
            int co,
            int ldc) {
        int fullEnd = rowEnd - (rowEnd - row) % ROWS;
        for (int i = row; i < fullEnd; i += ROWS) {
            if (columns == width) {
                kernels.multiplyRows(depth, a, ao + i * lda, lda, b, bo, c, co + i * ldc, ldc);
            } else {
                load(ROWS, columns, c, co + i * ldc, ldc);
                kernels.multiplyRows(depth, a, ao + i * lda, lda, b, bo, tile, 0, width);
                store(ROWS, columns, c, co + i * ldc, ldc);
            }
        }
        if (fullEnd < rowEnd) {
            load(rowEnd - fullEnd, columns, c, co + fullEnd * ldc, ldc);
            kernels.multiplyRows(depth, lastRows, 0, BLOCK, b, bo, tile, 0, width);
            store(rowEnd - fullEnd, columns, c, co + fullEnd * ldc, ldc);
        }
    }

    private void load(int rows, int columns, float[] c, int co, int ldc) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(c, co + i * ldc, tile, i * width, columns);
        }
    }

    private void store(int rows, int columns, float[] c, int co, int ldc) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(tile, i * width, c, co + i * ldc, columns);
        }
    }
}
