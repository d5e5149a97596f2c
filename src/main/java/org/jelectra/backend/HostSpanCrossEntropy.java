package org.jelectra.backend;

import java.util.Arrays;
import org.jelectra.tensor.Tensor;

/** Cross-entropy over the positions of each sequence and its gradient in double precision, on the host. */
final class HostSpanCrossEntropy implements Operation {

    private final Backend backend;
    private final SpanCrossEntropyOperands operands;
    private final float scale;
    private final Tensor dLogits;
    private final int columns;
    private final int length;
    private final float[] scores;
    private final int[] open;
    private final int[] wanted;
    private final float[] weight;
    private final float[] scalar = new float[1];

    /** @param dLogits null for no gradient */
    HostSpanCrossEntropy(Backend backend, SpanCrossEntropyOperands operands, float scale, Tensor dLogits) {
        this.backend = backend;
        this.operands = operands;
        this.scale = scale;
        this.dLogits = dLogits;
        int rows = operands.logits().shape().rows();
        int batch = Math.toIntExact(operands.weights().size());
        columns = operands.logits().shape().width();
        length = rows / batch;
        scores = new float[rows * columns];
        open = new int[rows];
        wanted = new int[batch * columns];
        weight = new float[batch];
    }

    @Override
    public void run() {
        backend.download(operands.logits(), scores, 0);
        backend.download(operands.allowed(), open, 0);
        backend.download(operands.targets(), wanted, 0);
        backend.download(operands.weights(), weight, 0);
        backend.download(operands.normalizer(), scalar, 0);
        double divisor = (double) scalar[0] * columns;
        double sum = 0;
        for (int row = 0; row < weight.length; row++) {
            if (weight[row] == 0) {
                Arrays.fill(scores, at(row, 0, 0), at(row + 1, 0, 0), 0);
                continue;
            }
            for (int column = 0; column < columns; column++) {
                double logSumExp = logSumExp(row, column);
                sum += weight[row] * (logSumExp - scores[at(row, target(row, column), column)]);
                gradient(row, column, logSumExp, scale * weight[row] / divisor);
            }
        }
        scalar[0] = (float) (sum / divisor);
        backend.upload(scalar, 0, operands.loss());
        if (dLogits != null) {
            backend.upload(scores, 0, dLogits);
        }
    }

    /** In place of the scores. */
    private void gradient(int row, int column, double logSumExp, double factor) {
        int target = target(row, column);
        for (int position = 0; position < length; position++) {
            int at = at(row, position, column);
            double probability = open[row * length + position] == 0 ? 0 : Math.exp(scores[at] - logSumExp);
            scores[at] = (float) (factor * (probability - (position == target ? 1 : 0)));
        }
    }

    private int target(int row, int column) {
        int target = wanted[row * columns + column];
        if (target < 0 || target >= length || open[row * length + target] == 0) {
            throw new IllegalStateException("the target of sequence " + row + " must be an allowed position below "
                    + length + ", got " + target);
        }
        return target;
    }

    private double logSumExp(int row, int column) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int position = 0; position < length; position++) {
            if (open[row * length + position] != 0) {
                largest = Math.max(largest, scores[at(row, position, column)]);
            }
        }
        double sum = 0;
        for (int position = 0; position < length; position++) {
            if (open[row * length + position] != 0) {
                sum += Math.exp(scores[at(row, position, column)] - largest);
            }
        }
        return largest + Math.log(sum);
    }

    private int at(int row, int position, int column) {
        return (row * length + position) * columns + column;
    }
}
