package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** Operations on each element by itself, in pieces of a size that stays in the first-level caches. */
final class Elementwise {

    /** Elements of one task: 64 KiB, small enough to balance and large enough to hide the hand-over. */
    static final int PIECE = 16384;

    private final Workers workers;
    private final CpuKernels kernels;

    Elementwise(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    /** Work on the elements [from, from + n) of a tensor. */
    @FunctionalInterface
    private interface Range {
        void run(int from, int n);
    }

    private Operation overPieces(int size, Range range) {
        int tasks = Workers.tasks(size, PIECE);
        Workers.Body body = (task, worker) -> {
            int from = task * PIECE;
            range.run(from, Math.min(PIECE, size - from));
        };
        return () -> workers.run(tasks, body);
    }

    Operation fill(Tensor x, float value) {
        float[] xs = CpuStorage.floats(x);
        int xo = CpuStorage.offset(x);
        return overPieces((int) x.size(), (from, n) -> Arrays.fill(xs, xo + from, xo + from + n, value));
    }

    Operation add(Tensor x, Tensor y) {
        float[] xs = CpuStorage.floats(x);
        float[] ys = CpuStorage.floats(y);
        int xo = CpuStorage.offset(x);
        int yo = CpuStorage.offset(y);
        return overPieces((int) x.size(), (from, n) -> kernels.add(xs, xo + from, ys, yo + from, n));
    }

    Operation gelu(Tensor x, Tensor y) {
        float[] xs = CpuStorage.floats(x);
        float[] ys = CpuStorage.floats(y);
        int xo = CpuStorage.offset(x);
        int yo = CpuStorage.offset(y);
        return overPieces((int) x.size(), (from, n) -> kernels.gelu(xs, xo + from, ys, yo + from, n));
    }

    Operation geluBackward(Tensor x, Tensor dy, Tensor dx) {
        float[] xs = CpuStorage.floats(x);
        float[] dys = CpuStorage.floats(dy);
        float[] dxs = CpuStorage.floats(dx);
        int xo = CpuStorage.offset(x);
        int dyo = CpuStorage.offset(dy);
        int dxo = CpuStorage.offset(dx);
        return overPieces(
                (int) x.size(), (from, n) -> kernels.geluBackward(xs, xo + from, dys, dyo + from, dxs, dxo + from, n));
    }

    Operation dropout(Tensor x, Dropout dropout, Tensor y) {
        float[] xs = CpuStorage.floats(x);
        float[] ys = CpuStorage.floats(y);
        int xo = CpuStorage.offset(x);
        int yo = CpuStorage.offset(y);
        int size = (int) x.size();
        ActiveDropout active = ActiveDropout.of(dropout, size, kernels.random());
        if (active == null) {
            return overPieces(size, (from, n) -> System.arraycopy(xs, xo + from, ys, yo + from, n));
        }
        return overPieces(size, (from, n) -> active.run(from, xs, xo + from, ys, yo + from, n));
    }
}
