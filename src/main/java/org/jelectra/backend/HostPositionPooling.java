package org.jelectra.backend;

import java.util.Arrays;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * The mean of each sequence's vectors under a softmax over its positions, and its gradient. The probabilities are few and are
 * computed on the host in double precision; sums over vectors are matrix products of the backend: with the probabilities spread
 * over a matrix P [B*S,B], which is 0 outside of each sequence's own column, the means are {@code P^T values}.
 */
final class HostPositionPooling {

    private final Backend backend;
    private final PositionPoolingOperands operands;
    private final int batch;
    private final int length;
    private final int width;
    /** 0 where a position is not allowed. */
    private final double[] probabilities;

    private final float[] scores;
    private final int[] open;
    private final float[] logSumExp;
    private final float[] wide;
    private final float[] means;
    /** P. */
    private final Tensor spread;

    HostPositionPooling(Backend backend, PositionPoolingOperands operands) {
        this.backend = backend;
        this.operands = operands;
        batch = operands.batch();
        length = operands.length();
        width = operands.values().shape().width();
        int rows = Math.multiplyExact(batch, length);
        probabilities = new double[rows];
        scores = new float[rows];
        open = new int[rows];
        logSumExp = new float[batch];
        wide = new float[Math.multiplyExact(rows, batch)];
        means = new float[Math.multiplyExact(batch, width)];
        spread = matrix("spreadProbabilities", operands.values().dtype(), rows, batch);
    }

    private Tensor matrix(String name, DType dtype, int rows, int columns) {
        return Tensor.of(name, Shape.of(rows, columns), backend.allocate(dtype, (long) rows * columns), 0);
    }

    /** {@code y = P^T values}. */
    Operation forward() {
        Tensor sums = matrix("poolSums", DType.FLOAT32, batch, width);
        Operation clear = backend.fill(sums, 0);
        Operation product = backend.linearBackwardWeight(operands.values(), spread, sums, null);
        return () -> {
            softmax();
            clear.run();
            product.run();
            convert(sums, operands.y());
        };
    }

    /**
     * {@code dValues = P dy}, added where {@code accumulate}; {@code dLogits = p (dp - sum(p dp))} with {@code dp} the inner
     * product of a position's vector with its sequence's row of dy.
     */
    Operation backward(Tensor dy, Tensor dLogits, Tensor dValues, boolean accumulate) {
        // the second operand of products has memory of its own: a backend may keep a copy beside such memory
        Tensor meanGradients = matrix("meanGradients", DType.FLOAT32, batch, width);
        Tensor products = matrix("poolProducts", spread.dtype(), batch * length, batch);
        Operation toValues = backend.linearBackwardInput(spread, meanGradients, dValues, accumulate);
        Operation inner = backend.linear(operands.values(), meanGradients, null, products);
        return () -> {
            softmaxAgain();
            convert(dy, meanGradients);
            toValues.run();
            inner.run();
            backend.download(products, wide, 0);
            for (int sequence = 0; sequence < batch; sequence++) {
                logitGradients(sequence);
            }
            backend.upload(scores, 0, dLogits);
        };
    }

    private void logitGradients(int sequence) {
        int from = sequence * length;
        double mean = 0;
        for (int row = from; row < from + length; row++) {
            mean += probabilities[row] == 0 ? 0 : probabilities[row] * wide[row * batch + sequence];
        }
        for (int row = from; row < from + length; row++) {
            double slope = wide[row * batch + sequence] - mean;
            scores[row] = probabilities[row] == 0 ? 0 : (float) (probabilities[row] * slope);
        }
    }

    private void softmax() {
        backend.download(operands.logits(), scores, 0);
        backend.download(operands.allowed(), open, 0);
        for (int sequence = 0; sequence < batch; sequence++) {
            int from = sequence * length;
            double largest = Double.NEGATIVE_INFINITY;
            for (int row = from; row < from + length; row++) {
                largest = open[row] == 0 ? largest : Math.max(largest, scores[row]);
            }
            double sum = 0;
            for (int row = from; row < from + length; row++) {
                probabilities[row] = open[row] == 0 ? 0 : Math.exp(scores[row] - largest);
                sum += probabilities[row];
            }
            if (sum == 0) {
                throw new IllegalStateException("sequence " + sequence + " must have an allowed position, found none");
            }
            logSumExp[sequence] = (float) (largest + Math.log(sum));
            for (int row = from; row < from + length; row++) {
                probabilities[row] /= sum;
            }
        }
        backend.upload(logSumExp, 0, operands.logSumExp());
        uploadProbabilities();
    }

    private void softmaxAgain() {
        backend.download(operands.logits(), scores, 0);
        backend.download(operands.allowed(), open, 0);
        backend.download(operands.logSumExp(), logSumExp, 0);
        for (int row = 0; row < probabilities.length; row++) {
            double exponent = (double) scores[row] - logSumExp[row / length];
            probabilities[row] = open[row] == 0 ? 0 : Math.exp(exponent);
        }
        uploadProbabilities();
    }

    private void uploadProbabilities() {
        Arrays.fill(wide, 0);
        for (int row = 0; row < probabilities.length; row++) {
            wide[row * batch + row / length] = (float) probabilities[row];
        }
        backend.upload(wide, 0, spread);
    }

    /** A matrix of a row per sequence into one of another element type; it is small. */
    private void convert(Tensor from, Tensor to) {
        backend.download(from, means, 0);
        backend.upload(means, 0, to);
    }
}
