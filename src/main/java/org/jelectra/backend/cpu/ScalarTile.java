package org.jelectra.backend.cpu;

/**
 * The micro-kernels in plain Java. Eight products are added at a time to an element of C, which is then loaded and stored once
 * for eight: 7 GFLOP/s a thread instead of 3 to 4 (JDK 17 and 25, from 16 to 128 columns alike; C2 does not vectorise a loop
 * over arrays with different variable offsets). Products are added one after the other, in ascending order of k.
 */
final class ScalarTile implements TileKernels {

    private static final int COLUMNS = 16;

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
        multiply(k, a, ao, lda, 1, b, bo, c, co, ldc);
    }

    @Override
    public void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc) {
        for (int i = 0; i < ROWS; i++) {
            System.arraycopy(start, so, c, co + i * ldc, COLUMNS);
        }
        multiply(k, a, ao, lda, 1, b, bo, c, co, ldc);
    }

    @Override
    public void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc) {
        multiply(k, a, ao, 1, NARROW, b, bo, c, co, ldc);
    }

    @Override
    public void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, fromOffset + i * ld, to, toOffset + i * COLUMNS, COLUMNS);
        }
    }

    @Override
    public void packNarrow(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, fromOffset + i * ld, to, toOffset + i * NARROW, NARROW);
        }
    }

    @Override
    public void addNarrowRows(int rows, float[] x, int xo, float[] sums, int so) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < NARROW; j++) {
                sums[so + j] += x[xo + i * NARROW + j];
            }
        }
    }

    /** Element (i, kk) of A is {@code a[ao + i*rowStride + kk*step]}. */
    private static void multiply(
            int k, float[] a, int ao, int rowStride, int step, float[] b, int bo, float[] c, int co, int ldc) {
        for (int i = 0; i < ROWS; i++) {
            int row = ao + i * rowStride;
            int kk = 0;
            for (; kk + 7 < k; kk += 8) {
                addEight(a, row + kk * step, step, b, bo + kk * COLUMNS, c, co + i * ldc);
            }
            for (; kk < k; kk++) {
                addOne(a[row + kk * step], b, bo + kk * COLUMNS, c, co + i * ldc);
            }
        }
    }

    private static void addEight(float[] a, int ao, int step, float[] b, int bo, float[] c, int co) {
        float x0 = a[ao];
        float x1 = a[ao + step];
        float x2 = a[ao + 2 * step];
        float x3 = a[ao + 3 * step];
        float x4 = a[ao + 4 * step];
        float x5 = a[ao + 5 * step];
        float x6 = a[ao + 6 * step];
        float x7 = a[ao + 7 * step];
        for (int j = 0; j < COLUMNS; j++) {
            float sum = c[co + j];
            sum += x0 * b[bo + j];
            sum += x1 * b[bo + COLUMNS + j];
            sum += x2 * b[bo + 2 * COLUMNS + j];
            sum += x3 * b[bo + 3 * COLUMNS + j];
            sum += x4 * b[bo + 4 * COLUMNS + j];
            sum += x5 * b[bo + 5 * COLUMNS + j];
            sum += x6 * b[bo + 6 * COLUMNS + j];
            sum += x7 * b[bo + 7 * COLUMNS + j];
            c[co + j] = sum;
        }
    }

    private static void addOne(float x, float[] b, int bo, float[] c, int co) {
        for (int j = 0; j < COLUMNS; j++) {
            c[co + j] += x * b[bo + j];
        }
    }
}
