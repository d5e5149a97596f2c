package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/**
 * Self-attention, one task per sequence and head: the S x S scores stay in that worker's scratch memory (64 KiB at S = 128,
 * within the second-level cache) and are computed again in the backward pass rather than stored. Trailing padding keys are
 * skipped altogether.
 */
final class Attention {

    private final Workers workers;
    private final CpuKernels kernels;
    private final Gemm gemm;
    private final float[][] scratch;

    Attention(Workers workers, CpuKernels kernels, Gemm gemm) {
        this.workers = workers;
        this.kernels = kernels;
        this.gemm = gemm;
        this.scratch = new float[workers.count()][0];
    }

    Operation forward(Tensor qkv, Tensor keyMask, AttentionShape shape, Dropout dropout, Tensor out, Tensor logSumExp) {
        Head head = new Head(qkv, keyMask, shape, dropout, out, logSumExp, kernels.random());
        reserve(head.area + head.length);
        Workers.Body body = (task, worker) -> forward(head, task, worker);
        return () -> workers.run(head.tasks, body);
    }

    Operation backward(
            Tensor qkv,
            Tensor keyMask,
            AttentionShape shape,
            Dropout dropout,
            Tensor out,
            Tensor logSumExp,
            Tensor dOut,
            Tensor dQkv) {
        Head head = new Head(qkv, keyMask, shape, dropout, out, logSumExp, kernels.random());
        float[] dOuts = CpuStorage.floats(dOut);
        float[] dQkvs = CpuStorage.floats(dQkv);
        int dOutOffset = CpuStorage.offset(dOut);
        int dQkvOffset = CpuStorage.offset(dQkv);
        reserve((head.dropout == null ? 2 : 3) * head.area);
        Workers.Body body = (task, worker) -> backward(head, dOuts, dOutOffset, dQkvs, dQkvOffset, task, worker);
        return () -> workers.run(head.tasks, body);
    }

    private void reserve(int size) {
        for (int worker = 0; worker < scratch.length; worker++) {
            if (scratch[worker].length < size) {
                scratch[worker] = new float[size];
            }
        }
    }

    private void forward(Head head, int task, int worker) {
        int keys = head.keys(task);
        int length = head.length;
        float[] scores = scratch[worker];
        int sums = head.area;
        int outAt = head.outAt(task);
        if (keys == 0) {
            Arrays.fill(head.lse, head.lseAt(task), head.lseAt(task) + length, Float.NEGATIVE_INFINITY);
            for (int row = 0; row < length; row++) {
                int at = outAt + row * head.hidden;
                Arrays.fill(head.outs, at, at + head.size, 0f);
            }
            return;
        }
        scores(head, task, worker, keys, scores);
        for (int row = 0; row < length; row++) {
            int at = row * length;
            float maximum = head.scale * kernels.max(scores, at, keys);
            kernels.exp(head.scale, maximum, 1, scores, at, scores, at, keys);
            float sum = kernels.sum(scores, at, keys);
            scores[sums + row] = sum;
            head.lse[head.lseAt(task) + row] = maximum + (float) Math.log(sum);
        }
        dropout(head, task, scores, 0, keys);
        gemm.multiply(
                worker,
                false,
                false,
                length,
                head.size,
                keys,
                scores,
                0,
                length,
                head.qkvs,
                head.valueAt(task),
                head.stride,
                0,
                head.outs,
                outAt,
                head.hidden);
        // the sums divide the output instead of the probabilities: fewer elements, because a head is narrower than a
        // sequence
        for (int row = 0; row < length; row++) {
            kernels.scale(1 / scores[sums + row], head.outs, outAt + row * head.hidden, head.size);
        }
    }

    private void backward(
            Head head, float[] dOuts, int dOutOffset, float[] dQkvs, int dQkvOffset, int task, int worker) {
        int keys = head.keys(task);
        int length = head.length;
        int dOutAt = dOutOffset + head.outAt(task) - head.outOffset;
        int shift = dQkvOffset - head.qkvOffset;
        int dQueryAt = head.queryAt(task) + shift;
        int dKeyAt = head.keyAt(task) + shift;
        int dValueAt = head.valueAt(task) + shift;
        for (int row = keys; row < length; row++) {
            Arrays.fill(dQkvs, dKeyAt + row * head.stride, dKeyAt + row * head.stride + head.size, 0f);
            Arrays.fill(dQkvs, dValueAt + row * head.stride, dValueAt + row * head.stride + head.size, 0f);
        }
        if (keys == 0) {
            for (int row = 0; row < length; row++) {
                Arrays.fill(dQkvs, dQueryAt + row * head.stride, dQueryAt + row * head.stride + head.size, 0f);
            }
            return;
        }
        float[] buffer = scratch[worker];
        int second = head.area;
        scores(head, task, worker, keys, buffer);
        for (int row = 0; row < length; row++) {
            int at = row * length;
            kernels.exp(head.scale, head.lse[head.lseAt(task) + row], 1, buffer, at, buffer, at, keys);
        }
        int dropped = 0;
        if (head.dropout != null) {
            dropped = 2 * head.area;
            dropout(head, task, buffer, dropped, keys);
        }
        gemm.multiply(
                worker,
                true,
                false,
                keys,
                head.size,
                length,
                buffer,
                dropped,
                length,
                dOuts,
                dOutAt,
                head.hidden,
                0,
                dQkvs,
                dValueAt,
                head.stride);
        gemm.multiply(
                worker,
                false,
                true,
                length,
                keys,
                head.size,
                dOuts,
                dOutAt,
                head.hidden,
                head.qkvs,
                head.valueAt(task),
                head.stride,
                0,
                buffer,
                second,
                length);
        for (int row = 0; row < length; row++) {
            int at = row * length;
            // sum over keys of p dp is dOut . out, dropout included, because out is linear in the dropped probabilities
            float dot = kernels.dot(
                    dOuts, dOutAt + row * head.hidden, head.outs, head.outAt(task) + row * head.hidden, head.size);
            kernels.softmaxBackward(
                    head.scale, dot, buffer, at, buffer, dropped + at, buffer, second + at, buffer, second + at, keys);
        }
        gemm.multiply(
                worker,
                false,
                false,
                length,
                head.size,
                keys,
                buffer,
                second,
                length,
                head.qkvs,
                head.keyAt(task),
                head.stride,
                0,
                dQkvs,
                dQueryAt,
                head.stride);
        gemm.multiply(
                worker,
                true,
                false,
                keys,
                head.size,
                length,
                buffer,
                second,
                length,
                head.qkvs,
                head.queryAt(task),
                head.stride,
                0,
                dQkvs,
                dKeyAt,
                head.stride);
    }

    /** Unscaled scores of all queries against the first keys; -infinity where a key does not count. */
    private void scores(Head head, int task, int worker, int keys, float[] scores) {
        gemm.multiply(
                worker,
                false,
                true,
                head.length,
                keys,
                head.size,
                head.qkvs,
                head.queryAt(task),
                head.stride,
                head.qkvs,
                head.keyAt(task),
                head.stride,
                0,
                scores,
                0,
                head.length);
        int maskAt = head.maskAt(task);
        for (int key = 0; key < keys; key++) {
            if (head.mask[maskAt + key] == 0) {
                for (int row = 0; row < head.length; row++) {
                    scores[row * head.length + key] = Float.NEGATIVE_INFINITY;
                }
            }
        }
    }

    /** Dropout of the first {@code keys} of every row of x, from element 0 on, to x from {@code yo} on. */
    private void dropout(Head head, int task, float[] x, int yo, int keys) {
        if (head.dropout == null) {
            return;
        }
        if (keys == head.length) {
            head.dropout.run((long) task * head.area, x, 0, x, yo, head.area);
            return;
        }
        for (int row = 0; row < head.length; row++) {
            int at = row * head.length;
            head.dropout.run((long) task * head.area + at, x, at, x, yo + at, keys);
        }
    }

    /** Operands and the addresses of one head's parts in them; task = sequence * heads + head. */
    private static final class Head {
        final float[] qkvs;
        final int[] mask;
        final float[] outs;
        final float[] lse;
        final int qkvOffset;
        final int outOffset;
        final int heads;
        final int length;
        final int size;
        final int hidden;
        final int stride;
        final int area;
        final int tasks;
        final float scale;
        /** Null if nothing is dropped. */
        final ActiveDropout dropout;

        private final int maskOffset;
        private final int lseOffset;

        Head(
                Tensor qkv,
                Tensor keyMask,
                AttentionShape shape,
                Dropout dropout,
                Tensor out,
                Tensor logSumExp,
                RandomKernels random) {
            qkvs = CpuStorage.floats(qkv);
            mask = CpuStorage.ints(keyMask);
            outs = CpuStorage.floats(out);
            lse = CpuStorage.floats(logSumExp);
            qkvOffset = CpuStorage.offset(qkv);
            maskOffset = CpuStorage.offset(keyMask);
            outOffset = CpuStorage.offset(out);
            lseOffset = CpuStorage.offset(logSumExp);
            heads = shape.heads();
            length = shape.length();
            size = shape.headSize();
            hidden = shape.hiddenSize();
            stride = 3 * hidden;
            area = Math.multiplyExact(length, length);
            tasks = shape.batch() * heads;
            scale = shape.scale();
            this.dropout = ActiveDropout.of(dropout, (long) tasks * area, random);
        }

        int queryAt(int task) {
            return qkvOffset + task / heads * length * stride + task % heads * size;
        }

        int keyAt(int task) {
            return queryAt(task) + hidden;
        }

        int valueAt(int task) {
            return queryAt(task) + 2 * hidden;
        }

        int outAt(int task) {
            return outOffset + task / heads * length * hidden + task % heads * size;
        }

        int lseAt(int task) {
            return lseOffset + task * length;
        }

        int maskAt(int task) {
            return maskOffset + task / heads * length;
        }

        /** Keys up to the last that counts. */
        int keys(int task) {
            int keys = length;
            while (keys > 0 && mask[maskAt(task) + keys - 1] == 0) {
                keys--;
            }
            return keys;
        }
    }
}
