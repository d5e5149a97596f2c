package org.jelectra.backend.cpu;

/**
 * The micro-kernels in plain Java, in a shape that C2 vectorises on JDK 17 and 25: a loop over arrays that are read from fixed
 * offsets, which is why sums and rows of B are copied into arrays of the thread. 64 columns make good for the copies and for what
 * C2 does element by element at both ends of a loop: a training step takes about half as long as with a loop over the operands
 * themselves (docs/results/2026-12-01-scalar). Products are added one after the other, in ascending order of k.
 */
final class ScalarTile implements TileKernels {

    private static final int COLUMNS = 64;

    /** Rows of B that are added at a time. */
    private static final int STEP = 8;

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private static final class Scratch {
        final float[][] sums = new float[ROWS][COLUMNS];
        final float[] b = new float[STEP * COLUMNS];
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
        multiply(k, a, ao, lda, 1, b, bo, c, co, ldc, c, co, ldc);
    }

    @Override
    public void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc) {
        multiply(k, a, ao, lda, 1, b, bo, start, so, 0, c, co, ldc);
    }

    @Override
    public void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc) {
        multiply(k, a, ao, 1, NARROW, b, bo, c, co, ldc, c, co, ldc);
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

    /** Element (i, kk) of A is {@code a[ao + i*rowStride + kk*step]}; the sums of row i begin with {@code start[so + i*lds + j]}. */
    private static void multiply(
            int k,
            float[] a,
            int ao,
            int rowStride,
            int step,
            float[] b,
            int bo,
            float[] start,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        Scratch scratch = SCRATCH.get();
        for (int i = 0; i < ROWS; i++) {
            System.arraycopy(start, so + i * lds, scratch.sums[i], 0, COLUMNS);
        }
        for (int kk = 0; kk < k; kk += STEP) {
            int rows = Math.min(STEP, k - kk);
            System.arraycopy(b, bo + kk * COLUMNS, scratch.b, 0, rows * COLUMNS);
            for (int i = 0; i < ROWS; i++) {
                int row = ao + i * rowStride + kk * step;
                if (rows == STEP) {
                    addEight(a, row, step, scratch.b, scratch.sums[i]);
                } else {
                    addFew(rows, a, row, step, scratch.b, scratch.sums[i]);
                }
            }
        }
        for (int i = 0; i < ROWS; i++) {
            System.arraycopy(scratch.sums[i], 0, c, co + i * ldc, COLUMNS);
        }
    }

    private static void addEight(float[] a, int ao, int step, float[] b, float[] sums) {
        float x0 = a[ao];
        float x1 = a[ao + step];
        float x2 = a[ao + 2 * step];
        float x3 = a[ao + 3 * step];
        float x4 = a[ao + 4 * step];
        float x5 = a[ao + 5 * step];
        float x6 = a[ao + 6 * step];
        float x7 = a[ao + 7 * step];
        for (int j = 0; j < COLUMNS; j++) {
            float sum = sums[j];
            sum += x0 * b[j];
            sum += x1 * b[COLUMNS + j];
            sum += x2 * b[2 * COLUMNS + j];
            sum += x3 * b[3 * COLUMNS + j];
            sum += x4 * b[4 * COLUMNS + j];
            sum += x5 * b[5 * COLUMNS + j];
            sum += x6 * b[6 * COLUMNS + j];
            sum += x7 * b[7 * COLUMNS + j];
            sums[j] = sum;
        }
    }

    private static void addFew(int rows, float[] a, int ao, int step, float[] b, float[] sums) {
        for (int kk = 0; kk < rows; kk++) {
            for (int j = 0; j < COLUMNS; j++) {
                sums[j] += a[ao + kk * step] * b[kk * COLUMNS + j];
            }
        }
    }
}
