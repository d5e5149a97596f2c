package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** Layer normalisation of dropout(x) + residual, a row at a time, so that each row is read from memory once. */
final class AddLayerNorm {

    /** Rows of one task; also the rows of one partial sum of the parameters' gradients, so the sums do not depend on threads. */
    private static final int ROWS = 32;

    private final Workers workers;
    private final CpuKernels kernels;
    private final LayerNormKernels layerNorm;

    AddLayerNorm(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
        this.layerNorm = kernels.layerNorm();
    }

    Operation forward(Tensor x, AddLayerNormOperands norm) {
        float[] xs = CpuStorage.floats(x);
        float[] residuals = norm.residual() == null ? null : CpuStorage.floats(norm.residual());
        float[] gammas = CpuStorage.floats(norm.gamma());
        float[] betas = CpuStorage.floats(norm.beta());
        float[] sums = CpuStorage.floats(norm.sum());
        float[] ys = CpuStorage.floats(norm.y());
        float[] statistics = CpuStorage.floats(norm.stats());
        int xo = CpuStorage.offset(x);
        int ro = norm.residual() == null ? 0 : CpuStorage.offset(norm.residual());
        int go = CpuStorage.offset(norm.gamma());
        int bo = CpuStorage.offset(norm.beta());
        int so = CpuStorage.offset(norm.sum());
        int yo = CpuStorage.offset(norm.y());
        int to = CpuStorage.offset(norm.stats());
        int rows = x.shape().rows();
        int width = x.shape().width();
        boolean inPlace = xs == sums && xo == so;
        ActiveDropout dropout = ActiveDropout.of(norm.dropout(), x.size(), kernels.random());
        Workers.Body body = (task, worker) -> {
            int from = task * ROWS;
            int end = from + Math.min(ROWS, rows - from);
            for (int row = from; row < end; row++) {
                int at = row * width;
                if (dropout != null) {
                    dropout.run(at, xs, xo + at, sums, so + at, width);
                } else if (!inPlace) {
                    System.arraycopy(xs, xo + at, sums, so + at, width);
                }
                if (residuals != null) {
                    kernels.add(residuals, ro + at, sums, so + at, width);
                }
                layerNorm.forward(
                        sums,
                        so + at,
                        gammas,
                        go,
                        betas,
                        bo,
                        norm.epsilon(),
                        ys,
                        yo + at,
                        statistics,
                        to + 2 * row,
                        width);
            }
        };
        return () -> workers.run(tasks(rows), body);
    }

    Operation backward(AddLayerNormBackward norm) {
        float[] dys = CpuStorage.floats(norm.dy());
        float[] sums = CpuStorage.floats(norm.sum());
        Floats statistics = Floats.of(norm.stats());
        float[] gammas = CpuStorage.floats(norm.gamma());
        float[] dxs = CpuStorage.floats(norm.dx());
        Tensor dSum = norm.dResidual() == null ? norm.dx() : norm.dResidual();
        float[] dSums = CpuStorage.floats(dSum);
        float[] dGammas = CpuStorage.floats(norm.dGamma());
        float[] dBetas = CpuStorage.floats(norm.dBeta());
        int dyo = CpuStorage.offset(norm.dy());
        int so = CpuStorage.offset(norm.sum());
        int go = CpuStorage.offset(norm.gamma());
        int dxo = CpuStorage.offset(norm.dx());
        int dso = CpuStorage.offset(dSum);
        int dgo = CpuStorage.offset(norm.dGamma());
        int dbo = CpuStorage.offset(norm.dBeta());
        int rows = norm.dy().shape().rows();
        int width = norm.dy().shape().width();
        boolean copies = norm.dResidual() != null && !(dxs == dSums && dxo == dso);
        ActiveDropout dropout = ActiveDropout.of(norm.dropout(), norm.dy().size(), kernels.random());
        int tasks = tasks(rows);
        float[] partial = new float[tasks * 2 * width];
        Workers.Body body = (task, worker) -> {
            int gammaAt = task * 2 * width;
            int betaAt = gammaAt + width;
            Arrays.fill(partial, gammaAt, betaAt + width, 0f);
            int from = task * ROWS;
            int end = from + Math.min(ROWS, rows - from);
            for (int row = from; row < end; row++) {
                int at = row * width;
                layerNorm.backward(
                        dys,
                        dyo + at,
                        sums,
                        so + at,
                        gammas,
                        go,
                        statistics.get(2 * row),
                        statistics.get(2 * row + 1),
                        dSums,
                        dso + at,
                        partial,
                        gammaAt,
                        partial,
                        betaAt,
                        width);
                if (dropout != null) {
                    dropout.run(at, dSums, dso + at, dxs, dxo + at, width);
                } else if (copies) {
                    System.arraycopy(dSums, dso + at, dxs, dxo + at, width);
                }
            }
        };
        return () -> {
            workers.run(tasks, body);
            for (int task = 0; task < tasks; task++) {
                kernels.add(partial, task * 2 * width, dGammas, dgo, width);
                kernels.add(partial, task * 2 * width + width, dBetas, dbo, width);
            }
        };
    }

    private static int tasks(int rows) {
        return Workers.tasks(rows, ROWS);
    }
}
