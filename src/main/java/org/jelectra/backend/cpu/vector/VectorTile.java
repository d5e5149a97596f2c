package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.TileKernels;

/**
 * The micro-kernels: 4 rows by 2 vectors, 8 sums in registers. Each is a method of its own with nothing else in it: the same
 * loop inside a larger method exceeds the compiler's inlining limits, boxes its vectors and runs 20 times slower.
 */
final class VectorTile {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int W = 2 * L;

    private VectorTile() {}

    static void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc) {
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        FloatVector s00 = FloatVector.fromArray(S, c, co);
        FloatVector s01 = FloatVector.fromArray(S, c, co + L);
        FloatVector s10 = FloatVector.fromArray(S, c, c1);
        FloatVector s11 = FloatVector.fromArray(S, c, c1 + L);
        FloatVector s20 = FloatVector.fromArray(S, c, c2);
        FloatVector s21 = FloatVector.fromArray(S, c, c2 + L);
        FloatVector s30 = FloatVector.fromArray(S, c, c3);
        FloatVector s31 = FloatVector.fromArray(S, c, c3 + L);
        for (int kk = 0; kk < k; kk++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo + kk * W);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + kk * W + L);
            FloatVector x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW + 1]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW + 2]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW + 3]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
    }

    static void multiplyRows(int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        FloatVector s00 = FloatVector.fromArray(S, c, co);
        FloatVector s01 = FloatVector.fromArray(S, c, co + L);
        FloatVector s10 = FloatVector.fromArray(S, c, c1);
        FloatVector s11 = FloatVector.fromArray(S, c, c1 + L);
        FloatVector s20 = FloatVector.fromArray(S, c, c2);
        FloatVector s21 = FloatVector.fromArray(S, c, c2 + L);
        FloatVector s30 = FloatVector.fromArray(S, c, c3);
        FloatVector s31 = FloatVector.fromArray(S, c, c3 + L);
        for (int kk = 0; kk < k; kk++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo + kk * W);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + kk * W + L);
            FloatVector x = FloatVector.broadcast(S, a[ao + kk]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(S, a[a1 + kk]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(S, a[a2 + kk]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(S, a[a3 + kk]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
    }

    static void beginRows(
            int k, float[] a, int ao, int lda, float[] b, int bo, float[] start, int so, float[] c, int co, int ldc) {
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        FloatVector s00 = FloatVector.fromArray(S, start, so);
        FloatVector s01 = FloatVector.fromArray(S, start, so + L);
        FloatVector s10 = FloatVector.fromArray(S, start, so);
        FloatVector s11 = FloatVector.fromArray(S, start, so + L);
        FloatVector s20 = FloatVector.fromArray(S, start, so);
        FloatVector s21 = FloatVector.fromArray(S, start, so + L);
        FloatVector s30 = FloatVector.fromArray(S, start, so);
        FloatVector s31 = FloatVector.fromArray(S, start, so + L);
        for (int kk = 0; kk < k; kk++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo + kk * W);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + kk * W + L);
            FloatVector x = FloatVector.broadcast(S, a[ao + kk]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(S, a[a1 + kk]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(S, a[a2 + kk]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(S, a[a3 + kk]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
    }

    static void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            FloatVector left = FloatVector.fromArray(S, from, fromOffset + i * ld);
            FloatVector right = FloatVector.fromArray(S, from, fromOffset + i * ld + L);
            left.intoArray(to, toOffset + i * W);
            right.intoArray(to, toOffset + i * W + L);
        }
    }

    /** Copies a column of vectors. */
    static void copyColumn(int rows, float[] from, int fromOffset, int ldf, float[] to, int toOffset, int ldt) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, from, fromOffset + i * ldf).intoArray(to, toOffset + i * ldt);
        }
    }

    /** Adds a column of vectors to one vector, in order. */
    static void addColumn(int rows, float[] x, int xo, int ldx, float[] sums, int so) {
        FloatVector sum = FloatVector.fromArray(S, sums, so);
        for (int i = 0; i < rows; i++) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i * ldx));
        }
        sum.intoArray(sums, so);
    }
}
