package org.jelectra.backend.cpu;

import java.util.Arrays;

/**
 * Panels of matrix operands: {@code width} columns by some rows, {@code to[row*width + column]}, columns beyond the operand's
 * end filled with zeros.
 */
final class Packing {

    /** Rows at a time of a transposed panel: 64 rows of 32 columns are 8 KiB, a quarter of the smallest first-level cache. */
    private static final int STRIP = 64;

    /** Rows of a transposed A at a time. */
    private static final int SLAB = 32;

    private Packing() {}

    /** Rows [k0, k0 + depth) of panel {@code panel} of op(B). */
    static void panelOfB(TileKernels kernels, GemmOperands o, int panel, int k0, int depth, float[] to, int toOffset) {
        int width = kernels.columns();
        int j = panel * width;
        int columns = Math.min(width, o.n - j);
        if (o.transposeB) {
            packTransposed(depth, columns, width, o.b, o.bo + j * o.ldb + k0, o.ldb, to, toOffset);
        } else {
            int from = o.bo + k0 * o.ldb + j;
            if (columns == width) {
                kernels.pack(depth, o.b, from, o.ldb, to, toOffset);
            } else {
                packPartial(depth, columns, width, o.b, from, o.ldb, to, toOffset);
            }
        }
    }

    /**
     * Columns [row, rowEnd) and rows [k0, k0 + depth) of a stored, transposed A as panels, one after the other. A few rows of
     * all panels at a time: the rows of A may be far apart (another page each), so each is read once, as far as needed.
     */
    static void panelsOfA(TileKernels kernels, GemmOperands o, int row, int rowEnd, int k0, int depth, float[] to) {
        int width = TileKernels.NARROW;
        for (int i = 0; i < depth; i += SLAB) {
            int rows = Math.min(SLAB, depth - i);
            for (int j = row, t = i * width; j < rowEnd; j += width, t += width * depth) {
                int columns = Math.min(width, rowEnd - j);
                int from = o.ao + (k0 + i) * o.lda + j;
                if (columns == width) {
                    kernels.packNarrow(rows, o.a, from, o.lda, to, t);
                } else {
                    packPartial(rows, columns, width, o.a, from, o.lda, to, t);
                }
            }
        }
    }

    /** {@code to[i*width + j] = from[i*ld + j]} for j below {@code columns}, zero from there to {@code width}. */
    private static void packPartial(
            int rows, int columns, int width, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            int t = toOffset + i * width;
            System.arraycopy(from, fromOffset + i * ld, to, t, columns);
            Arrays.fill(to, t + columns, t + width, 0f);
        }
    }

    /** {@code to[i*width + j] = from[j*ld + i]} for j below {@code columns}, zero from there to {@code width}. */
    private static void packTransposed(
            int rows, int columns, int width, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        if (columns < width) {
            Arrays.fill(to, toOffset, toOffset + rows * width, 0f);
        }
        for (int i = 0; i < rows; i += STRIP) {
            int count = Math.min(STRIP, rows - i);
            int t = toOffset + i * width;
            int j = 0;
            for (; j + 7 < columns; j += 8) {
                transposeEight(count, width, from, fromOffset + j * ld + i, ld, to, t + j);
            }
            for (; j < columns; j++) {
                transposeOne(count, width, from, fromOffset + j * ld + i, to, t + j);
            }
        }
    }

    /** Eight columns at once: the processor then waits for eight rows of B at a time. */
    private static void transposeEight(int count, int width, float[] from, int s0, int ld, float[] to, int toOffset) {
        int s1 = s0 + ld;
        int s2 = s1 + ld;
        int s3 = s2 + ld;
        int s4 = s3 + ld;
        int s5 = s4 + ld;
        int s6 = s5 + ld;
        int s7 = s6 + ld;
        int t = toOffset;
        for (int i = 0; i < count; i++, t += width) {
            float x0 = from[s0 + i];
            float x1 = from[s1 + i];
            float x2 = from[s2 + i];
            float x3 = from[s3 + i];
            float x4 = from[s4 + i];
            float x5 = from[s5 + i];
            float x6 = from[s6 + i];
            float x7 = from[s7 + i];
            to[t] = x0;
            to[t + 1] = x1;
            to[t + 2] = x2;
            to[t + 3] = x3;
            to[t + 4] = x4;
            to[t + 5] = x5;
            to[t + 6] = x6;
            to[t + 7] = x7;
        }
    }

    private static void transposeOne(int count, int width, float[] from, int s, float[] to, int toOffset) {
        for (int i = 0; i < count; i++) {
            to[toOffset + i * width] = from[s + i];
        }
    }
}
