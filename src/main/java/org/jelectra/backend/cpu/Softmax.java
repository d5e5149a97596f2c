package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** Softmax over the last dimension of attention scores, with a mask over keys. */
final class Softmax {

    private final Workers workers;
    private final CpuKernels kernels;

    Softmax(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation forward(Tensor x, Tensor keyMask, Tensor y) {
        float[] xs = CpuStorage.floats(x);
        int[] mask = CpuStorage.ints(keyMask);
        float[] ys = CpuStorage.floats(y);
        int xo = CpuStorage.offset(x);
        int mo = CpuStorage.offset(keyMask);
        int yo = CpuStorage.offset(y);
        int width = x.shape().width();
        int rows = x.shape().rows();
        int rowsOfSequence = rows / x.shape().dimension(0);
        Workers.Body body = (row, worker) -> {
            int at = yo + row * width;
            int maskAt = mo + row / rowsOfSequence * width;
            for (int key = 0; key < width; key++) {
                ys[at + key] = mask[maskAt + key] == 0 ? Float.NEGATIVE_INFINITY : xs[xo + row * width + key];
            }
            float maximum = kernels.max(ys, at, width);
            if (maximum == Float.NEGATIVE_INFINITY) {
                Arrays.fill(ys, at, at + width, 0f);
                return;
            }
            float sum = kernels.sumExp(1, maximum, ys, at, width);
            kernels.exp(1, maximum, 1 / sum, ys, at, ys, at, width);
        };
        return () -> workers.run(rows, body);
    }

    Operation backward(Tensor y, Tensor dy, Tensor dx) {
        float[] ys = CpuStorage.floats(y);
        float[] dys = CpuStorage.floats(dy);
        float[] dxs = CpuStorage.floats(dx);
        int yo = CpuStorage.offset(y);
        int dyo = CpuStorage.offset(dy);
        int dxo = CpuStorage.offset(dx);
        int width = y.shape().width();
        Workers.Body body = (row, worker) -> {
            int at = row * width;
            float dot = kernels.dot(ys, yo + at, dys, dyo + at, width);
            kernels.softmaxBackward(1, dot, ys, yo + at, ys, yo + at, dys, dyo + at, dxs, dxo + at, width);
        };
        int rows = y.shape().rows();
        return () -> workers.run(rows, body);
    }
}
