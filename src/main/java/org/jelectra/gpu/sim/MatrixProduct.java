package org.jelectra.gpu.sim;

/**
 * {@code mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32}: D = A B + C with A of 16 x 16, B of 16 x 8 (held by columns) and
 * float sums. Products of bf16 numbers are exact in a float; the sums of 16 are float additions in the order of k, and C is
 * added last. A device adds in another order, and with a few bits more or less (PTX ISA: at least single precision), which
 * {@link DeviceSums} does.
 */
final class MatrixProduct extends WarpInstruction {

    private static final int M = 16;
    private static final int N = 8;
    private static final int K = 16;

    private final int[] a;
    private final int[] b;
    private final int[] c;
    private final int[] d;

    /**
     * @param a INT registers of 2 elements each: rows 0-7 and 8-15 of columns 0-7, then of columns 8-15
     * @param b INT registers: rows 0-7, then 8-15
     * @param c FLOAT registers: two columns of rows 0-7, then of rows 8-15
     * @param d as {@code c}
     */
    MatrixProduct(int[] a, int[] b, int[] c, int[] d) {
        super(NONE);
        this.a = a;
        this.b = b;
        this.c = c;
        this.d = d;
    }

    @Override
    void execute(Warp warp, int lanes) {
        warp.counts.matrixProducts++;
        Scratch scratch = warp.scratch;
        float[] left = scratch.matrixA;
        float[] right = scratch.matrixB;
        for (int i = 0; i < 4; i++) {
            spread(warp.ints[a[i]], left, (i & 1) * 8 * K + (i >> 1) * 8, K, 1);
        }
        for (int i = 0; i < 2; i++) {
            spread(warp.ints[b[i]], right, i * 8 * N, 1, N);
        }
        float[] sums = scratch.matrixD;
        DeviceSums deviceSums = warp.block.program.deviceSums;
        if (deviceSums == null) {
            multiply(left, right, sums);
        }
        for (int i = 0; i < 4; i++) {
            float[] addend = warp.floats[c[i]];
            float[] result = warp.floats[d[i]];
            int base = (i >> 1) * 8 * N + (i & 1);
            for (int lane = 0; lane < Lanes.COUNT; lane++) {
                int at = base + (lane >> 2) * N + (lane & 3) * 2;
                result[lane] = deviceSums == null
                        ? addend[lane] + sums[at]
                        : deviceSums.add(addend[lane], left, at / N * K, right, at % N, N);
            }
        }
    }

    /** Lane l holds elements 2 (l mod 4) and the next of line l / 4; a line is a row of A, or a column of B. */
    static void spread(int[] register, float[] matrix, int base, int lineStep, int elementStep) {
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            int at = base + (lane >> 2) * lineStep + (lane & 3) * 2 * elementStep;
            matrix[at] = Float.intBitsToFloat(register[lane] << 16);
            matrix[at + elementStep] = Float.intBitsToFloat(register[lane] & 0xFFFF0000);
        }
    }

    private static void multiply(float[] left, float[] right, float[] sums) {
        for (int row = 0; row < M; row++) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            float s4 = 0;
            float s5 = 0;
            float s6 = 0;
            float s7 = 0;
            for (int k = 0; k < K; k++) {
                float x = left[row * K + k];
                s0 += x * right[k * N];
                s1 += x * right[k * N + 1];
                s2 += x * right[k * N + 2];
                s3 += x * right[k * N + 3];
                s4 += x * right[k * N + 4];
                s5 += x * right[k * N + 5];
                s6 += x * right[k * N + 6];
                s7 += x * right[k * N + 7];
            }
            int at = row * N;
            sums[at] = s0;
            sums[at + 1] = s1;
            sums[at + 2] = s2;
            sums[at + 3] = s3;
            sums[at + 4] = s4;
            sums[at + 5] = s5;
            sums[at + 6] = s6;
            sums[at + 7] = s7;
        }
    }
}
