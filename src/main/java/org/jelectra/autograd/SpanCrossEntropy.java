package org.jelectra.autograd;

import java.util.Arrays;
import org.jelectra.backend.Backend;
import org.jelectra.tensor.Tensor;

/** Cross-entropy over the positions of each sequence and its gradient, on the host. */
final class SpanCrossEntropy {

    private final Backend backend;
    private final Tensor logits;
    private final Tensor allowed;
    private final Tensor targets;
    private final Tensor weights;
    private final Tensor normalizer;
    private final int columns;
    private final int length;
    private final float[] scores;
    private final int[] open;
    private final int[] wanted;
    private final float[] weight;
    private final float[] scalar = new float[1];

    SpanCrossEntropy(
            Backend backend, Tensor logits, Tensor allowed, Tensor targets, Tensor weights, Tensor normalizer) {
        int rows = logits.shape().rows();
        columns = logits.shape().width();
        int batch = Math.toIntExact(weights.size());
        if (rows % batch != 0
                || allowed.size() != rows
                || targets.size() != (long) batch * columns
                || normalizer.size() != 1) {
            throw new IllegalArgumentException(
                    "the cross-entropy over positions needs logits [B*S,C], allowed [B*S], targets [B,C], weights [B] and"
                            + " one normalizer, got " + logits + ", " + allowed + ", " + targets + ", " + weights
                            + " and " + normalizer);
        }
        this.backend = backend;
        this.logits = logits;
        this.allowed = allowed;
        this.targets = targets;
        this.weights = weights;
        this.normalizer = normalizer;
        length = rows / batch;
        scores = new float[rows * columns];
        open = new int[rows];
        wanted = new int[batch * columns];
        weight = new float[batch];
    }

    void loss(Tensor loss) {
        double divisor = download() * columns;
        double sum = 0;
        for (int row = 0; row < weight.length; row++) {
            for (int column = 0; column < columns && weight[row] != 0; column++) {
                double target = scores[at(row, target(row, column), column)];
                sum += weight[row] * (logSumExp(row, column) - target);
            }
        }
        scalar[0] = (float) (sum / divisor);
        backend.upload(scalar, 0, loss);
    }

    void gradient(float scale, Tensor gradient) {
        double divisor = download() * columns;
        for (int row = 0; row < weight.length; row++) {
            if (weight[row] == 0) {
                Arrays.fill(scores, at(row, 0, 0), at(row + 1, 0, 0), 0);
                continue;
            }
            for (int column = 0; column < columns; column++) {
                double factor = scale * weight[row] / divisor;
                double logSumExp = logSumExp(row, column);
                int target = target(row, column);
                for (int position = 0; position < length; position++) {
                    int at = at(row, position, column);
                    double probability = open[row * length + position] == 0 ? 0 : Math.exp(scores[at] - logSumExp);
                    scores[at] = (float) (factor * (probability - (position == target ? 1 : 0)));
                }
            }
        }
        backend.upload(scores, 0, gradient);
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

    private double download() {
        backend.download(logits, scores, 0);
        backend.download(allowed, open, 0);
        backend.download(targets, wanted, 0);
        backend.download(weights, weight, 0);
        backend.download(normalizer, scalar, 0);
        return scalar[0];
    }
}
