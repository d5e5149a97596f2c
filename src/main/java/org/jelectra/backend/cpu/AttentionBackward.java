package org.jelectra.backend.cpu;

import org.jelectra.backend.AttentionOperands;
import org.jelectra.tensor.Tensor;

/**
 * Gradients of queries Q, keys K and values V. With P the softmax of the scores and P' the same after dropout (elementwise:
 * {@code P' = mask * P}), {@code dV = P'^T dOut; dP' = dOut V^T; dS = scale * (P' * dP' - P * rowsum(dOut * out)); dQ = dS K;
 * dK = dS^T Q}.
 */
final class AttentionBackward extends AttentionPass {

    private final float[] dOut;
    private final float[] dQkv;
    private final int dOutOffset;
    private final int dQkvOffset;

    AttentionBackward(CpuKernels kernels, PanelGemm gemm, AttentionOperands operands, Tensor dOut, Tensor dQkv) {
        super(kernels, gemm, operands);
        this.dOut = CpuStorage.floats(dOut);
        this.dQkv = CpuStorage.floats(dQkv);
        this.dOutOffset = CpuStorage.offset(dOut);
        this.dQkvOffset = CpuStorage.offset(dQkv);
    }

    /** The probabilities, the gradients of the scores, and the probabilities after dropout if there is any. */
    @Override
    int scratchSize() {
        return (dropout == null ? 2 : 3) * area;
    }

    @Override
    void run(int task, int worker, float[] scratch) {
        int keys = keys(task);
        int dQuery = dQkvOffset + queries(task);
        int dKey = dQuery + hidden;
        int dValue = dKey + hidden;
        clear(dQkv, dKey, stride, keys);
        clear(dQkv, dValue, stride, keys);
        if (keys == 0) {
            clear(dQkv, dQuery, stride, 0);
            return;
        }
        int query = qkvOffset + queries(task);
        int key = query + hidden;
        int value = key + hidden;
        int dOutAt = dOutOffset + outputs(task);
        int dScores = area;
        int dropped = dropout == null ? 0 : 2 * area;
        probabilities(task, worker, keys, scratch);
        drop(task, scratch, dropped, keys);
        transposedTimesRows(worker, keys, scratch, dropped, dOut, dOutAt, hidden, dValue);
        gemm.operands(worker)
                .shape(false, true, length, keys, size)
                .a(dOut, dOutAt, hidden)
                .b(qkv, value, stride)
                .c(0, scratch, dScores, length);
        gemm.multiply(worker);
        softmaxBackward(task, keys, scratch, dropped, dScores);
        gemm.operands(worker)
                .shape(false, false, length, size, keys)
                .a(scratch, dScores, length)
                .b(qkv, key, stride)
                .c(0, dQkv, dQuery, stride);
        gemm.multiply(worker);
        transposedTimesRows(worker, keys, scratch, dScores, qkv, query, stride, dKey);
    }

    /** The softmax of the scores, by the logarithms that the forward pass left. */
    private void probabilities(int task, int worker, int keys, float[] scratch) {
        scores(task, worker, keys, scratch);
        for (int row = 0; row < length; row++) {
            int at = row * length;
            kernels.exp(scale, logSumExp[logSumExpAt(task) + row], 1, scratch, at, scratch, at, keys);
        }
    }

    /** The gradients of the unscaled scores, in place of those of the probabilities after dropout. */
    private void softmaxBackward(int task, int keys, float[] scratch, int dropped, int dScores) {
        int outAt = outOffset + outputs(task);
        int dOutAt = dOutOffset + outputs(task);
        for (int row = 0; row < length; row++) {
            int at = row * length;
            int dAt = dScores + at;
            // sum over keys of p dp is dOut . out, dropout included, because out is linear in the dropped probabilities
            float dot = kernels.dot(dOut, dOutAt + row * hidden, out, outAt + row * hidden, size);
            kernels.softmaxBackward(scale, dot, scratch, at, scratch, dropped + at, scratch, dAt, scratch, dAt, keys);
        }
    }

    /** The first keys' rows of dQkv, from {@code to} on: the transpose of a square of scratch by the rows of x. */
    private void transposedTimesRows(
            int worker, int keys, float[] scratch, int square, float[] x, int xo, int ldx, int to) {
        gemm.operands(worker)
                .shape(true, false, keys, size, length)
                .a(scratch, square, length)
                .b(x, xo, ldx)
                .c(0, dQkv, to, stride);
        gemm.multiply(worker);
    }
}
