package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.AttentionOperands;

/** Outputs, and the logarithms of the sums of the scores' exponentials. */
final class AttentionForward extends AttentionPass {

    AttentionForward(CpuKernels kernels, PanelGemm gemm, AttentionOperands operands) {
        super(kernels, gemm, operands);
    }

    /** The scores, then the sum of each row. */
    @Override
    int scratchSize() {
        return area + length;
    }

    @Override
    void run(int task, int worker, float[] scratch) {
        int keys = keys(task);
        int outAt = outOffset + outputs(task);
        if (keys == 0) {
            Arrays.fill(logSumExp, logSumExpAt(task), logSumExpAt(task) + length, Float.NEGATIVE_INFINITY);
            clear(out, outAt, hidden, 0);
            return;
        }
        scores(task, worker, keys, scratch);
        exponentials(task, keys, scratch);
        drop(task, scratch, 0, keys);
        int value = qkvOffset + queries(task) + 2 * hidden;
        gemm.operands(worker)
                .shape(false, false, length, size, keys)
                .a(scratch, 0, length)
                .b(qkv, value, stride)
                .c(0, out, outAt, hidden);
        gemm.multiply(worker);
        // the sums divide the output instead of the probabilities, which are more: a head is narrower than a sequence
        for (int row = 0; row < length; row++) {
            kernels.scale(1 / scratch[area + row], out, outAt + row * hidden, size);
        }
    }

    /** The exponentials of the scores, less the largest of each row, and their sums. */
    private void exponentials(int task, int keys, float[] scratch) {
        for (int row = 0; row < length; row++) {
            int at = row * length;
            float maximum = scale * kernels.max(scratch, at, keys);
            kernels.exp(scale, maximum, 1, scratch, at, scratch, at, keys);
            float sum = kernels.sum(scratch, at, keys);
            scratch[area + row] = sum;
            logSumExp[logSumExpAt(task) + row] = maximum + (float) Math.log(sum);
        }
    }
}
