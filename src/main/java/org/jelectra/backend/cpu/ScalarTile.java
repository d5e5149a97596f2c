package org.jelectra.backend.cpu;

/** The micro-kernel in plain Java. */
final class ScalarTile {

    private static final int COLUMNS = 16;

    private ScalarTile() {}

    /** Element (i, kk) of A is {@code a[ao + i*rowStride + kk*step]}. One row of C at a time, in a loop over 16 columns. */
    static void multiply(
            int k, float[] a, int ao, int rowStride, int step, float[] b, int bo, float[] c, int co, int ldc) {
        for (int i = 0; i < CpuKernels.TILE_ROWS; i++) {
            row(k, a, ao + i * rowStride, step, b, bo, c, co + i * ldc);
        }
    }

    private static void row(int k, float[] a, int ao, int step, float[] b, int bo, float[] c, int co) {
        for (int kk = 0; kk < k; kk++) {
            float x = a[ao + kk * step];
            int row = bo + kk * COLUMNS;
            for (int j = 0; j < COLUMNS; j++) {
                c[co + j] += x * b[row + j];
            }
        }
    }
}
