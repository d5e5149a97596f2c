package org.jelectra.autograd;

import java.util.Arrays;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * The mean of each sequence's vectors under a softmax over its positions, and its gradient. The probabilities are few and are
 * computed on the host in double precision; sums over vectors are matrix products of the backend: with the probabilities spread
 * over a matrix P [B*S,B], which is 0 outside of each sequence's own column, the means are {@code P^T values}.
 */
final class PositionPooling {

    private final Backend backend;
    private final Tensor logits;
    private final Tensor values;
    private final Tensor allowed;
    private final int batch;
    private final int length;
    /** Of the latest forward pass; 0 where a position is not allowed. */
    private final double[] probabilities;

    private final float[] scores;
    private final int[] open;
    private final float[] wide;
    private final float[] means;
    /** Gradient of the means as a product's second operand. Memory of its own: a backend may keep a copy beside such memory. */
    private Tensor meanGradients;

    PositionPooling(Backend backend, Tensor logits, Tensor values, Tensor allowed, int batch) {
        int rows = values.shape().rows();
        if (batch < 1 || rows % batch != 0 || logits.size() != rows || allowed.size() != rows) {
            throw new IllegalArgumentException("the mean over positions needs a whole number of positions for each of "
                    + batch + " sequences, logits [B*S,1], values [B*S,H] and allowed [B*S], got " + logits + ", "
                    + values + " and " + allowed);
        }
        this.backend = backend;
        this.logits = logits;
        this.values = values;
        this.allowed = allowed;
        this.batch = batch;
        length = rows / batch;
        probabilities = new double[rows];
        scores = new float[rows];
        open = new int[rows];
        wide = new float[Math.multiplyExact(rows, batch)];
        means = new float[Math.multiplyExact(batch, values.shape().width())];
    }

    /**
     * {@code y = P^T values}.
     *
     * @param spread [B*S,B], receives P
     * @param sums FLOAT32 [B,H]
     * @param y [B,H]
     */
    Operation forward(Tensor spread, Tensor sums, Tensor y) {
        Operation clear = backend.fill(sums, 0);
        Operation product = backend.linearBackwardWeight(values, spread, sums, null);
        return () -> {
            softmax();
            Arrays.fill(wide, 0);
            for (int row = 0; row < probabilities.length; row++) {
                wide[row * batch + row / length] = (float) probabilities[row];
            }
            backend.upload(wide, 0, spread);
            clear.run();
            product.run();
            convert(sums, y);
        };
    }

    /**
     * {@code dValues = P dy}, added where {@code accumulate}; {@code dLogits = p (dp - sum(p dp))} with {@code dp} the inner
     * product of a position's vector with its sequence's row of dy.
     *
     * @param spread P, as the forward pass left it
     * @param products [B*S,B]
     */
    Operation backward(Tensor dy, Tensor spread, Tensor products, Tensor dLogits, Tensor dValues, boolean accumulate) {
        int width = values.shape().width();
        meanGradients = Tensor.of(
                "meanGradients", Shape.of(batch, width), backend.allocate(DType.FLOAT32, (long) batch * width), 0);
        Operation toValues = backend.linearBackwardInput(spread, meanGradients, dValues, accumulate);
        Operation inner = backend.linear(values, meanGradients, null, products);
        return () -> {
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
        backend.download(logits, scores, 0);
        backend.download(allowed, open, 0);
        for (int from = 0; from < scores.length; from += length) {
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
                throw new IllegalStateException(
                        "sequence " + from / length + " must have an allowed position, found none");
            }
            for (int row = from; row < from + length; row++) {
                probabilities[row] /= sum;
            }
        }
    }

    /** A matrix of a row per sequence into one of another element type; it is small. */
    private void convert(Tensor from, Tensor to) {
        backend.download(from, means, 0);
        backend.upload(means, 0, to);
    }
}
