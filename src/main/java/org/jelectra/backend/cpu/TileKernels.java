package org.jelectra.backend.cpu;

/**
 * The micro-kernels of matrix products, which compute a tile of C, and the copies into the panels that they read; arguments and
 * threads as for {@link CpuKernels}.
 */
public interface TileKernels {

    /** Rows of a tile. */
    int ROWS = 4;

    /**
     * Columns of a panel of a transposed A: 256 rows of it, which the tiles of 16 rows of C read, are 16 KiB of the first-level
     * cache, and lie in all of its sets.
     */
    int NARROW = 16;

    /** Columns of a tile, and of a panel of B. */
    int columns();

    /**
     * {@code c[i*ldc + j] += sum over k of a[ao + i*lda + k] * b[bo + k*columns + j]} for i in [0, ROWS) and j in [0, columns),
     * with b a packed panel of B. The sum over k is in ascending order, so that the result does not depend on how the product
     * was partitioned.
     */
    void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc);

    /** As {@link #multiplyRows} with sums that start from {@code start[so + j]} instead of C, whatever that held. */
    void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc);

    /** As {@link #multiplyRows} with a packed panel of a transposed A, {@code a[ao + k*NARROW + i]}. */
    void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc);

    /** Copies a panel of B: {@code to[i*columns + j] = from[i*ld + j]} for i in [0, rows) and j in [0, columns). */
    void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset);

    /** Copies a panel of a transposed A: {@code to[i*NARROW + j] = from[i*ld + j]} for i in [0, rows) and j in [0, NARROW). */
    void packNarrow(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset);

    /** Adds the rows of such a panel: {@code sums[j] += x[i*NARROW + j]}, i in ascending order. */
    void addNarrowRows(int rows, float[] x, int xo, float[] sums, int so);
}
