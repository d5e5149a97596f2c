package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import org.jelectra.backend.cpu.TileKernels;

/**
 * The micro-kernels for this processor's vectors, static methods of two classes: as methods of two implementations of
 * {@link TileKernels} they were slower (JDK 17).
 */
final class VectorTiles implements TileKernels {

    private static final int L = FloatVector.SPECIES_PREFERRED.length();
    /** Whether there are 32 vector registers, enough for 16 sums. */
    private static final boolean WIDE = L == 16;

    @Override
    public int columns() {
        return WIDE ? 4 * L : 2 * L;
    }

    @Override
    public void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
        if (WIDE) {
            WideVectorTile.multiplyRows(k, a, ao, lda, b, bo, c, co, ldc);
        } else {
            VectorTile.multiplyRows(k, a, ao, lda, b, bo, c, co, ldc);
        }
    }

    @Override
    public void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc) {
        if (WIDE) {
            WideVectorTile.beginRows(k, a, ao, lda, b, bo, start, so, c, co, ldc);
        } else {
            VectorTile.beginRows(k, a, ao, lda, b, bo, start, so, c, co, ldc);
        }
    }

    @Override
    public void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc) {
        if (WIDE) {
            WideVectorTile.multiplyColumns(k, a, ao, b, bo, c, co, ldc);
        } else {
            VectorTile.multiplyColumns(k, a, ao, b, bo, c, co, ldc);
        }
    }

    @Override
    public void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        if (WIDE) {
            WideVectorTile.pack(rows, from, fromOffset, ld, to, toOffset);
        } else {
            VectorTile.pack(rows, from, fromOffset, ld, to, toOffset);
        }
    }

    @Override
    public void packNarrow(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int j = 0; j < NARROW; j += L) {
            VectorTile.copyColumn(rows, from, fromOffset + j, ld, to, toOffset + j, NARROW);
        }
    }

    @Override
    public void addNarrowRows(int rows, float[] x, int xo, float[] sums, int so) {
        for (int j = 0; j < NARROW; j += L) {
            VectorTile.addColumn(rows, x, xo + j, NARROW, sums, so + j);
        }
    }
}
