package org.jelectra.autograd;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.Tensor;

/** The squared error of a few predictions and its gradient, on the host. */
final class SquaredError {

    private final Backend backend;
    private final Tensor predictions;
    private final Tensor targets;
    private final Tensor weights;
    private final Tensor normalizer;
    private final float[] predicted;
    private final float[] wanted;
    private final float[] weight;
    private final float[] scalar = new float[1];

    SquaredError(Backend backend, Tensor predictions, Tensor targets, Tensor weights, Tensor normalizer) {
        long rows = predictions.size();
        if (targets.size() != rows || weights.size() != rows || normalizer.size() != 1) {
            throw new IllegalArgumentException(
                    "the squared error needs a target and a weight for each prediction and one" + " normalizer, got "
                            + predictions + ", " + targets + ", " + weights + " and " + normalizer);
        }
        this.backend = backend;
        this.predictions = predictions;
        this.targets = targets;
        this.weights = weights;
        this.normalizer = normalizer;
        predicted = new float[Math.toIntExact(rows)];
        wanted = new float[predicted.length];
        weight = new float[predicted.length];
    }

    void loss(Tensor loss) {
        double divisor = download();
        double sum = 0;
        for (int i = 0; i < predicted.length; i++) {
            double difference = (double) predicted[i] - wanted[i];
            // a row that does not count must not spoil the sum, whatever it holds
            sum += weight[i] == 0 ? 0 : weight[i] * difference * difference;
        }
        scalar[0] = (float) (sum / divisor);
        backend.upload(scalar, 0, loss);
    }

    void gradient(float scale, Tensor gradient) {
        double divisor = download();
        for (int i = 0; i < predicted.length; i++) {
            double difference = (double) predicted[i] - wanted[i];
            predicted[i] = weight[i] == 0 ? 0 : (float) (2 * scale * weight[i] * difference / divisor);
        }
        backend.upload(predicted, 0, gradient);
    }

    private double download() {
        backend.download(predictions, predicted, 0);
        backend.download(targets, wanted, 0);
        backend.download(weights, weight, 0);
        backend.download(normalizer, scalar, 0);
        return scalar[0];
    }
}
