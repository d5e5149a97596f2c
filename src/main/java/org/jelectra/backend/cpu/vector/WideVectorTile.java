package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.TileKernels;

/**
 * The micro-kernels of {@link VectorTile} with 4 rows by 4 vectors: 16 sums, for processors with 32 vector registers (512 bits).
 * A number of A is loaded for four multiplications instead of two.
 *
 * <p>{@code beginRows} repeats the loop of {@code multiplyRows}: one method for both, given the distance between the rows that the
 * sums start from, was slower in some JVM runs (JDK 17).
 */
final class WideVectorTile {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int W = 4 * L;

    private WideVectorTile() {}

    static void multiplyColumns(int k, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc) {
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        FloatVector s00 = FloatVector.fromArray(S, c, co);
        FloatVector s01 = FloatVector.fromArray(S, c, co + L);
        FloatVector s02 = FloatVector.fromArray(S, c, co + 2 * L);
        FloatVector s03 = FloatVector.fromArray(S, c, co + 3 * L);
        FloatVector s10 = FloatVector.fromArray(S, c, c1);
        FloatVector s11 = FloatVector.fromArray(S, c, c1 + L);
        FloatVector s12 = FloatVector.fromArray(S, c, c1 + 2 * L);
        FloatVector s13 = FloatVector.fromArray(S, c, c1 + 3 * L);
        FloatVector s20 = FloatVector.fromArray(S, c, c2);
        FloatVector s21 = FloatVector.fromArray(S, c, c2 + L);
        FloatVector s22 = FloatVector.fromArray(S, c, c2 + 2 * L);
        FloatVector s23 = FloatVector.fromArray(S, c, c2 + 3 * L);
        FloatVector s30 = FloatVector.fromArray(S, c, c3);
        FloatVector s31 = FloatVector.fromArray(S, c, c3 + L);
        FloatVector s32 = FloatVector.fromArray(S, c, c3 + 2 * L);
        FloatVector s33 = FloatVector.fromArray(S, c, c3 + 3 * L);
        for (int kk = 0; kk < k; kk++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo + kk * W);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + kk * W + L);
            FloatVector b2 = FloatVector.fromArray(S, b, bo + kk * W + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, bo + kk * W + 3 * L);
            FloatVector x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            s02 = x.fma(b2, s02);
            s03 = x.fma(b3, s03);
            x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW + 1]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            s12 = x.fma(b2, s12);
            s13 = x.fma(b3, s13);
            x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW + 2]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            s22 = x.fma(b2, s22);
            s23 = x.fma(b3, s23);
            x = FloatVector.broadcast(S, a[ao + kk * TileKernels.NARROW + 3]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            s32 = x.fma(b2, s32);
            s33 = x.fma(b3, s33);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + L);
        s02.intoArray(c, co + 2 * L);
        s03.intoArray(c, co + 3 * L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s12.intoArray(c, c1 + 2 * L);
        s13.intoArray(c, c1 + 3 * L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s22.intoArray(c, c2 + 2 * L);
        s23.intoArray(c, c2 + 3 * L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
        s32.intoArray(c, c3 + 2 * L);
        s33.intoArray(c, c3 + 3 * L);
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
        FloatVector s02 = FloatVector.fromArray(S, c, co + 2 * L);
        FloatVector s03 = FloatVector.fromArray(S, c, co + 3 * L);
        FloatVector s10 = FloatVector.fromArray(S, c, c1);
        FloatVector s11 = FloatVector.fromArray(S, c, c1 + L);
        FloatVector s12 = FloatVector.fromArray(S, c, c1 + 2 * L);
        FloatVector s13 = FloatVector.fromArray(S, c, c1 + 3 * L);
        FloatVector s20 = FloatVector.fromArray(S, c, c2);
        FloatVector s21 = FloatVector.fromArray(S, c, c2 + L);
        FloatVector s22 = FloatVector.fromArray(S, c, c2 + 2 * L);
        FloatVector s23 = FloatVector.fromArray(S, c, c2 + 3 * L);
        FloatVector s30 = FloatVector.fromArray(S, c, c3);
        FloatVector s31 = FloatVector.fromArray(S, c, c3 + L);
        FloatVector s32 = FloatVector.fromArray(S, c, c3 + 2 * L);
        FloatVector s33 = FloatVector.fromArray(S, c, c3 + 3 * L);
        for (int kk = 0; kk < k; kk++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo + kk * W);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + kk * W + L);
            FloatVector b2 = FloatVector.fromArray(S, b, bo + kk * W + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, bo + kk * W + 3 * L);
            FloatVector x = FloatVector.broadcast(S, a[ao + kk]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            s02 = x.fma(b2, s02);
            s03 = x.fma(b3, s03);
            x = FloatVector.broadcast(S, a[a1 + kk]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            s12 = x.fma(b2, s12);
            s13 = x.fma(b3, s13);
            x = FloatVector.broadcast(S, a[a2 + kk]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            s22 = x.fma(b2, s22);
            s23 = x.fma(b3, s23);
            x = FloatVector.broadcast(S, a[a3 + kk]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            s32 = x.fma(b2, s32);
            s33 = x.fma(b3, s33);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + L);
        s02.intoArray(c, co + 2 * L);
        s03.intoArray(c, co + 3 * L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s12.intoArray(c, c1 + 2 * L);
        s13.intoArray(c, c1 + 3 * L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s22.intoArray(c, c2 + 2 * L);
        s23.intoArray(c, c2 + 3 * L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
        s32.intoArray(c, c3 + 2 * L);
        s33.intoArray(c, c3 + 3 * L);
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
        FloatVector s02 = FloatVector.fromArray(S, start, so + 2 * L);
        FloatVector s03 = FloatVector.fromArray(S, start, so + 3 * L);
        FloatVector s10 = FloatVector.fromArray(S, start, so);
        FloatVector s11 = FloatVector.fromArray(S, start, so + L);
        FloatVector s12 = FloatVector.fromArray(S, start, so + 2 * L);
        FloatVector s13 = FloatVector.fromArray(S, start, so + 3 * L);
        FloatVector s20 = FloatVector.fromArray(S, start, so);
        FloatVector s21 = FloatVector.fromArray(S, start, so + L);
        FloatVector s22 = FloatVector.fromArray(S, start, so + 2 * L);
        FloatVector s23 = FloatVector.fromArray(S, start, so + 3 * L);
        FloatVector s30 = FloatVector.fromArray(S, start, so);
        FloatVector s31 = FloatVector.fromArray(S, start, so + L);
        FloatVector s32 = FloatVector.fromArray(S, start, so + 2 * L);
        FloatVector s33 = FloatVector.fromArray(S, start, so + 3 * L);
        for (int kk = 0; kk < k; kk++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bo + kk * W);
            FloatVector b1 = FloatVector.fromArray(S, b, bo + kk * W + L);
            FloatVector b2 = FloatVector.fromArray(S, b, bo + kk * W + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, bo + kk * W + 3 * L);
            FloatVector x = FloatVector.broadcast(S, a[ao + kk]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            s02 = x.fma(b2, s02);
            s03 = x.fma(b3, s03);
            x = FloatVector.broadcast(S, a[a1 + kk]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            s12 = x.fma(b2, s12);
            s13 = x.fma(b3, s13);
            x = FloatVector.broadcast(S, a[a2 + kk]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            s22 = x.fma(b2, s22);
            s23 = x.fma(b3, s23);
            x = FloatVector.broadcast(S, a[a3 + kk]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
            s32 = x.fma(b2, s32);
            s33 = x.fma(b3, s33);
        }
        s00.intoArray(c, co);
        s01.intoArray(c, co + L);
        s02.intoArray(c, co + 2 * L);
        s03.intoArray(c, co + 3 * L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s12.intoArray(c, c1 + 2 * L);
        s13.intoArray(c, c1 + 3 * L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s22.intoArray(c, c2 + 2 * L);
        s23.intoArray(c, c2 + 3 * L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
        s32.intoArray(c, c3 + 2 * L);
        s33.intoArray(c, c3 + 3 * L);
    }

    static void pack(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            FloatVector v0 = FloatVector.fromArray(S, from, fromOffset + i * ld);
            FloatVector v1 = FloatVector.fromArray(S, from, fromOffset + i * ld + L);
            FloatVector v2 = FloatVector.fromArray(S, from, fromOffset + i * ld + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, from, fromOffset + i * ld + 3 * L);
            v0.intoArray(to, toOffset + i * W);
            v1.intoArray(to, toOffset + i * W + L);
            v2.intoArray(to, toOffset + i * W + 2 * L);
            v3.intoArray(to, toOffset + i * W + 3 * L);
        }
    }
}
