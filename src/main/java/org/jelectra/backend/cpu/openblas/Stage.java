package org.jelectra.backend.cpu.openblas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** One worker's memory outside the heap, and the call. */
final class Stage {

    private static final int ROW_MAJOR = openblas_nolapack.CblasRowMajor;
    private static final int PLAIN = openblas_nolapack.CblasNoTrans;
    private static final int TRANSPOSED = openblas_nolapack.CblasTrans;

    private final Tile a = new Tile();
    private final Tile b = new Tile();
    private final Tile c = new Tile();

    /** Memory that grows and is seen both as a pointer (calls) and as a buffer (copies). */
    private static final class Tile {
        private FloatBuffer buffer = FloatBuffer.allocate(0);
        private FloatPointer pointer;

        void reserve(int size) {
            if (buffer.capacity() < size) {
                buffer = ByteBuffer.allocateDirect(Math.multiplyExact(size, Float.BYTES))
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
                pointer = new FloatPointer(buffer);
            }
        }

        void load(int rows, int columns, float[] from, int fromOffset, int ld) {
            if (ld == columns) {
                buffer.put(0, from, fromOffset, rows * columns);
                return;
            }
            for (int i = 0; i < rows; i++) {
                buffer.put(i * columns, from, fromOffset + i * ld, columns);
            }
        }

        void store(int rows, int columns, float[] to, int toOffset, int ld) {
            for (int i = 0; i < rows; i++) {
                buffer.get(i * columns, to, toOffset + i * ld, columns);
            }
        }
    }

    void reserve(int m, int n, int k) {
        a.reserve(Math.multiplyExact(m, k));
        b.reserve(Math.multiplyExact(k, n));
        c.reserve(Math.multiplyExact(m, n));
    }

    void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float[] fromA,
            int ao,
            int lda,
            float[] fromB,
            int bo,
            int ldb,
            float beta,
            float[] bias,
            int biasOffset,
            float[] to,
            int co,
            int ldc) {
        if (m == 0 || n == 0) {
            return;
        }
        reserve(m, n, k);
        int aColumns = transposeA ? m : k;
        int bColumns = transposeB ? k : n;
        a.load(transposeA ? k : m, aColumns, fromA, ao, lda);
        b.load(transposeB ? n : k, bColumns, fromB, bo, ldb);
        if (bias != null) {
            c.load(m, n, bias, biasOffset, 0);
        } else if (beta != 0 || k == 0) {
            c.load(m, n, to, co, ldc);
        }
        openblas_nolapack.cblas_sgemm(
                ROW_MAJOR,
                transposeA ? TRANSPOSED : PLAIN,
                transposeB ? TRANSPOSED : PLAIN,
                m,
                n,
                k,
                1f,
                a.pointer,
                Math.max(1, aColumns),
                b.pointer,
                Math.max(1, bColumns),
                bias != null ? 1f : beta,
                c.pointer,
                n);
        c.store(m, n, to, co, ldc);
    }
}
