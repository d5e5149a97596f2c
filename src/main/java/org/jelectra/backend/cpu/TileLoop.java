package org.jelectra.backend.cpu;

import java.util.Arrays;

/** One worker's share of a matrix product: the loops around the micro-kernel, and the scratch memory they need. */
final class TileLoop {

    /** Rows of k in a block: a panel of B, 64 columns wide, takes 64 KiB of the second-level cache. */
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
    /** A block of one panel of B: copied right before its use, it is in the first-level cache then. */
    private final float[] panelB;
    /** The product that this worker computes alone. */
    final Operands operands = new Operands();

    TileLoop(CpuKernels kernels) {
        this.kernels = kernels;
        this.width = kernels.tileColumns();
        this.panelB = new float[BLOCK * width];
        this.tile = new float[ROWS * width];
    }

    /** Makes room for tasks of {@code rows} rows. */
    void reserve(Operands o, int rows) {
        int size = (rows + width - 1) / width * width * Math.min(BLOCK, o.k);
        if (o.transposeA && panelsA.length < size) {
            panelsA = new float[size];
        }
    }

    /**
     * Rows [row, rowEnd) by panels [panel, panelEnd) of C; {@code shared} holds all panels of B, or is null: then they are
     * copied here. With beta = 0 the sums start at the bias (zero if null), otherwise at C.
     */
    void run(Operands o, float[] shared, int row, int rowEnd, int panel, int panelEnd) {
        reserve(o, rowEnd - row);
        if (o.beta == 0) {
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
                int columns = Math.min(width, o.n - p * width);
                int co = o.co + p * width;
                if (o.transposeA) {
                    packedColumn(depth, row, rowEnd, b, bo, columns, o.c, co, o.ldc);
                } else {
                    column(depth, row, rowEnd, o.a, o.ao + k0, o.lda, b, bo, columns, o.c, co, o.ldc);
                }
            }
        }
    }

    private static void initialise(Operands o, int row, int rowEnd, int column, int columnEnd) {
        for (int i = row; i < rowEnd; i++) {
            int start = o.co + i * o.ldc;
            if (o.bias == null) {
                Arrays.fill(o.c, start + column, start + columnEnd, 0f);
            } else {
                System.arraycopy(o.bias, o.biasOffset + column, o.c, start + column, columnEnd - column);
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
    private void addRowSums(Operands o, int depth, int row, int rowEnd) {
        for (int i = row, panel = 0; i < rowEnd; i += width, panel += width * depth) {
            int count = Math.min(width, rowEnd - i);
            for (int k = 0; k < depth; k++) {
                kernels.add(panelsA, panel + k * width, o.rowSums, o.rowSumsOffset + i, count);
            }
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
