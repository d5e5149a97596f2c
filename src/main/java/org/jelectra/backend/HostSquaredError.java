package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/** The squared error of a few predictions and its gradient in double precision, on the host. */
final class HostSquaredError implements Operation {

    private final Backend backend;
    private final Tensor x;
    private final Tensor targets;
    private final Tensor weights;
    private final Tensor normalizer;
    private final Tensor loss;
    private final float scale;
    private final Tensor dx;
    private final float[] predicted;
    private final float[] wanted;
    private final float[] weight;
    private final float[] scalar = new float[1];

    /** @param dx null for no gradient */
    HostSquaredError(
            Backend backend,
            Tensor x,
            Tensor targets,
            Tensor weights,
            Tensor normalizer,
            Tensor loss,
            float scale,
            Tensor dx) {
        this.backend = backend;
        this.x = x;
        this.targets = targets;
        this.weights = weights;
        this.normalizer = normalizer;
        this.loss = loss;
        this.scale = scale;
        this.dx = dx;
        predicted = new float[Math.toIntExact(x.size())];
        wanted = new float[predicted.length];
        weight = new float[predicted.length];
    }

    @Override
    public void run() {
        backend.download(x, predicted, 0);
        backend.download(targets, wanted, 0);
        backend.download(weights, weight, 0);
        backend.download(normalizer, scalar, 0);
        double divisor = scalar[0];
        double sum = 0;
        for (int i = 0; i < predicted.length; i++) {
            double difference = (double) predicted[i] - wanted[i];
            // a row that does not count must not spoil the sum, whatever it holds
            sum += weight[i] == 0 ? 0 : weight[i] * difference * difference;
            predicted[i] = weight[i] == 0 ? 0 : (float) (2 * scale * weight[i] * difference / divisor);
        }
        scalar[0] = (float) (sum / divisor);
        backend.upload(scalar, 0, loss);
        if (dx != null) {
            backend.upload(predicted, 0, dx);
        }
    }
}
