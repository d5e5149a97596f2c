package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** Products with a weight matrix. */
final class LinearLayers {

    /** Columns of one task of a column sum: four cache lines of each row. */
    private static final int COLUMNS = 64;

    private final Workers workers;
    private final CpuKernels kernels;
    private final PanelGemm gemm;

    LinearLayers(Workers workers, CpuKernels kernels, PanelGemm gemm) {
        this.workers = workers;
        this.kernels = kernels;
        this.gemm = gemm;
    }

    Operation forward(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        int inputs = weight.shape().width();
        int outputs = weight.shape().rows();
        PanelGemm.Product product = withWeight(weight, true, x.shape().rows(), outputs, inputs);
        Operation linear = bind(product, x, weight, false, bias, y);
        return y.shape().width() == outputs ? linear : linear.then(noWords(y, outputs));
    }

    Operation backwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        int inputs = weight.shape().width();
        int outputs = weight.shape().rows();
        PanelGemm.Product product = withWeight(weight, false, dy.shape().rows(), inputs, outputs);
        return bind(product, dy, weight, accumulate, null, dx);
    }

    Operation backwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        if (dWeight == null) {
            return columnSums(dy, dBias);
        }
        int inputs = x.shape().width();
        int outputs = dWeight.shape().rows();
        int rows = x.shape().rows();
        PanelGemm.Product product = gemm.prepare(true, false, outputs, inputs, rows);
        Operation weight = bind(product, dy, x, true, null, dWeight);
        if (dBias == null) {
            return weight;
        }
        if (inputs == 0) {
            return weight.then(columnSums(dy, dBias));
        }
        product.addRowSums(CpuStorage.floats(dBias), CpuStorage.offset(dBias));
        return weight;
    }

    /** A product with a weight on the right; the panels of a frozen weight are copied once. */
    private PanelGemm.Product withWeight(Tensor weight, boolean transpose, int m, int n, int k) {
        return CpuStorage.isFrozen(weight)
                ? gemm.prepareConstant(false, transpose, m, n, k, Matrix.of(weight))
                : gemm.prepare(false, transpose, m, n, k);
    }

    private static Operation bind(
            PanelGemm.Product product, Tensor a, Tensor b, boolean accumulate, Tensor bias, Tensor c) {
        Matrix as = Matrix.of(a);
        Matrix bs = Matrix.of(b);
        Matrix biases = Matrix.of(bias);
        Matrix cs = Matrix.of(c);
        float beta = accumulate ? 1 : 0;
        return () -> product.run(as, bs, beta, biases, cs);
    }

    /** Columns of y from there on become minus infinity. */
    private static Operation noWords(Tensor y, int from) {
        float[] ys = CpuStorage.floats(y);
        int yo = CpuStorage.offset(y);
        int rows = y.shape().rows();
        int width = y.shape().width();
        return () -> {
            for (int row = 0; row < rows; row++) {
                int start = yo + row * width;
                Arrays.fill(ys, start + from, start + width, Float.NEGATIVE_INFINITY);
            }
        };
    }

    /** {@code sums += column sums of x}, of its first columns; a task owns some and walks down all rows, so the order is fixed. */
    private Operation columnSums(Tensor x, Tensor sums) {
        float[] xs = CpuStorage.floats(x);
        float[] out = CpuStorage.floats(sums);
        int xo = CpuStorage.offset(x);
        int so = CpuStorage.offset(sums);
        int rows = x.shape().rows();
        int stride = x.shape().width();
        int width = (int) sums.size();
        Workers.Body body = (task, worker) -> {
            int column = task * COLUMNS;
            int n = Math.min(COLUMNS, width - column);
            for (int row = 0; row < rows; row++) {
                kernels.add(xs, xo + row * stride + column, out, so + column, n);
            }
        };
        int tasks = Workers.tasks(width, COLUMNS);
        return () -> workers.run(tasks, body);
    }
}
