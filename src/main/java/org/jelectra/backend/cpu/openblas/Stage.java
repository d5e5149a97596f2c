package org.jelectra.backend.cpu.openblas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jelectra.backend.cpu.GemmOperands;

/** One worker's memory outside the heap, and the call. */
final class Stage {

    private static final int ROW_MAJOR = openblas_nolapack.CblasRowMajor;
    private static final int PLAIN = openblas_nolapack.CblasNoTrans;
    private static final int TRANSPOSED = openblas_nolapack.CblasTrans;

    /** The product that this worker computes alone. */
    final GemmOperands operands = new GemmOperands();

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

    /** Rows [row, row + rows) by columns [column, column + columns) of C. */
    void multiply(GemmOperands o, int row, int rows, int column, int columns) {
        if (rows == 0 || columns == 0) {
            return;
        }
        reserve(rows, columns, o.k);
        int aColumns = o.transposeA ? rows : o.k;
        int bColumns = o.transposeB ? o.k : columns;
        int co = o.co + row * o.ldc + column;
        a.load(o.transposeA ? o.k : rows, aColumns, o.a, o.ao + row * (o.transposeA ? 1 : o.lda), o.lda);
        b.load(o.transposeB ? columns : o.k, bColumns, o.b, o.bo + column * (o.transposeB ? o.ldb : 1), o.ldb);
        if (o.bias != null) {
            c.load(rows, columns, o.bias, o.biasOffset + column, 0);
        } else if (o.beta != 0) {
            c.load(rows, columns, o.c, co, o.ldc);
        }
        openblas_nolapack.cblas_sgemm(
                ROW_MAJOR,
                o.transposeA ? TRANSPOSED : PLAIN,
                o.transposeB ? TRANSPOSED : PLAIN,
                rows,
                columns,
                o.k,
                1f,
                a.pointer,
                Math.max(1, aColumns),
                b.pointer,
                Math.max(1, bColumns),
                o.bias != null ? 1f : o.beta,
                c.pointer,
                columns);
        c.store(rows, columns, o.c, co, o.ldc);
    }
}
