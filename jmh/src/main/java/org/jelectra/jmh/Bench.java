package org.jelectra.jmh;

import java.util.Random;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Randomness;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** A backend and tensors of random numbers: what every benchmark of an operation begins with. */
final class Bench implements AutoCloseable {

    final Backend backend;
    private final Random random = new Random(1);

    Bench(String name, int threads) {
        backend = Backends.open(name, threads);
    }

    /** Normally distributed numbers; the operations' speed may depend on them (denormals, zeros), so they are not constant. */
    Tensor normal(String name, int... dimensions) {
        Tensor tensor = zeros(name, dimensions);
        float[] values = new float[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        backend.upload(values, 0, tensor);
        return tensor;
    }

    Tensor zeros(String name, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        return Tensor.of(name, shape, backend.allocate(DType.FLOAT32, shape.size()), 0);
    }

    Tensor ones(String name, int size) {
        Tensor tensor = Tensor.of(name, Shape.of(size), backend.allocate(DType.INT32, size), 0);
        int[] values = new int[size];
        java.util.Arrays.fill(values, 1);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    /** Dropout of the given probability, from a clock at step 0. */
    Dropout dropout(float probability) {
        Tensor clock = Tensor.of("clock", Shape.of(4), backend.allocate(DType.INT32, 4), 0);
        return new Dropout(probability, new Randomness(clock, 1));
    }

    @Override
    public void close() {
        backend.close();
    }
}
