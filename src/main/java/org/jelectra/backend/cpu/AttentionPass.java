package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;

/**
 * A pass over all heads of self-attention: its operands, where a head's parts lie in them, and what both directions compute. A
 * task is one head of one sequence, {@code task = sequence * heads + head}.
 */
abstract class AttentionPass {

    final CpuKernels kernels;
    final PanelGemm gemm;
    final float[] qkv;
    final float[] out;
    final float[] logSumExp;
    final int qkvOffset;
    final int outOffset;
    final int length;
    /** Elements of a row of one head. */
    final int size;
    /** Elements of a row of all heads. */
    final int hidden;
    /** Elements from a row of queries to the next. */
    final int stride;
    /** Elements of one head's scores. */
    final int area;

    final int tasks;
    final float scale;
    /** Null if nothing is dropped. */
    final ActiveDropout dropout;

    private final int[] mask;
    private final int maskOffset;
    private final int logSumExpOffset;
    private final int heads;

    AttentionPass(CpuKernels kernels, PanelGemm gemm, AttentionOperands operands) {
        this.kernels = kernels;
        this.gemm = gemm;
        qkv = CpuStorage.floats(operands.qkv());
        mask = CpuStorage.ints(operands.keyMask());
        out = CpuStorage.floats(operands.out());
        logSumExp = CpuStorage.floats(operands.logSumExp());
        qkvOffset = CpuStorage.offset(operands.qkv());
        maskOffset = CpuStorage.offset(operands.keyMask());
        outOffset = CpuStorage.offset(operands.out());
        logSumExpOffset = CpuStorage.offset(operands.logSumExp());
        AttentionShape shape = operands.shape();
        heads = shape.heads();
        length = shape.length();
        size = shape.headSize();
        hidden = shape.hiddenSize();
        stride = 3 * hidden;
        area = Math.multiplyExact(length, length);
        tasks = shape.batch() * heads;
        scale = shape.scale();
        dropout = ActiveDropout.of(operands.dropout(), (long) tasks * area, kernels.random());
    }

    /** Elements of scratch memory that a task needs. */
    abstract int scratchSize();

    /** One head of one sequence. */
    abstract void run(int task, int worker, float[] scratch);

    /** First query of the task's head, from the start of qkv; the keys follow {@link #hidden} elements on, then the values. */
    final int queries(int task) {
        return task / heads * length * stride + task % heads * size;
    }

    /** First row of the task's head, from the start of the output. */
    final int outputs(int task) {
        return task / heads * length * hidden + task % heads * size;
    }

    final int logSumExpAt(int task) {
        return logSumExpOffset + task * length;
    }

    private int maskAt(int task) {
        return maskOffset + task / heads * length;
    }

    /** Keys up to the last that counts. */
    final int keys(int task) {
        int keys = length;
        while (keys > 0 && mask[maskAt(task) + keys - 1] == 0) {
            keys--;
        }
        return keys;
    }

    /** Unscaled scores of all queries against the first keys; -infinity where a key does not count. */
    final void scores(int task, int worker, int keys, float[] scores) {
        int query = qkvOffset + queries(task);
        int key = query + hidden;
        gemm.operands(worker)
                .shape(false, true, length, keys, size)
                .a(qkv, query, stride)
                .b(qkv, key, stride)
                .c(0, scores, 0, length);
        gemm.multiply(worker);
        int maskAt = maskAt(task);
        for (int j = 0; j < keys; j++) {
            if (mask[maskAt + j] == 0) {
                for (int row = 0; row < length; row++) {
                    scores[row * length + j] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }

    /** Dropout, if any, of the first {@code keys} of every row of x, from element 0 on, to x from {@code to} on. */
    final void drop(int task, float[] x, int to, int keys) {
        if (dropout == null) {
            return;
        }
        long first = (long) task * area;
        if (keys == length) {
            dropout.run(first, x, 0, x, to, area);
            return;
        }
        for (int at = 0; at < area; at += length) {
            dropout.run(first + at, x, at, x, to + at, keys);
        }
    }

    /** Zeros in the task's head, in rows {@code from} and later of a matrix. */
    final void clear(float[] x, int xo, int rowStride, int from) {
        for (int row = from; row < length; row++) {
            int at = xo + row * rowStride;
            Arrays.fill(x, at, at + size, 0f);
        }
    }
}
