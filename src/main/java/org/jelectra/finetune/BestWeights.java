package org.jelectra.finetune;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** A copy, on the backend, of the trained weights that have done best on the development set so far. */
final class BestWeights {

    private final Tensor values;
    private final Operation keep;
    private final Operation restore;
    /** When they were kept, and the main metric then; 0 and NaN before the first. */
    private int step;

    private double value = Double.NaN;

    BestWeights(EncoderWithHead<?> model) {
        Backend backend = model.backend();
        Tensor trained = model.parameters().trained();
        Shape shape = Shape.of(Math.toIntExact(trained.size()));
        values = Tensor.of("best", shape, backend.allocate(DType.FLOAT32, trained.size()), 0);
        Tensor current = trained.view("trained", 0, shape);
        keep = copy(backend, current, values);
        restore = copy(backend, values, current);
    }

    private static Operation copy(Backend backend, Tensor from, Tensor to) {
        Operation clear = backend.fill(to, 0);
        Operation add = backend.add(from, to);
        return () -> {
            clear.run();
            add.run();
        };
    }

    /** Keeps the weights as they are if the metric is larger than any before; the first of equals stays. */
    void offer(int atStep, double metric) {
        if (isLarger(metric, value)) {
            keep.run();
            kept(atStep, metric);
        }
    }

    /** Whether there are such weights, and the metric was larger with them. */
    boolean isBetterThan(double metric) {
        return isLarger(value, metric);
    }

    // a correlation with constant predictions is NaN, and no number is larger than that
    private static boolean isLarger(double metric, double other) {
        return metric > other || Double.isNaN(other) && !Double.isNaN(metric);
    }

    /** What a snapshot says of them; it fills {@link #values} itself. */
    void kept(int atStep, double metric) {
        step = atStep;
        value = metric;
    }

    /** Puts them into the model. */
    void restore() {
        restore.run();
    }

    /** FLOAT32: one for one of the trained parameters. */
    Tensor values() {
        return values;
    }

    int step() {
        return step;
    }

    double value() {
        return value;
    }
}
