package org.jelectra.backend;

import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Tensors of given numbers, each in memory of its own, and what tensors hold. */
public final class TestTensors {

    private TestTensors() {}

    /** FLOAT32 [values]. */
    public static Tensor vector(Backend backend, String name, float... values) {
        return floats(backend, name, Shape.of(values.length), values);
    }

    /** FLOAT32 [rows, values / rows]. */
    public static Tensor matrix(Backend backend, String name, int rows, float... values) {
        return floats(backend, name, Shape.of(rows, values.length / rows), values);
    }

    private static Tensor floats(Backend backend, String name, Shape shape, float... values) {
        Tensor tensor = Tensor.of(name, shape, backend.allocate(DType.FLOAT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    /** INT32 [values]. */
    public static Tensor ints(Backend backend, int... values) {
        Tensor tensor = Tensor.of("integers", Shape.of(values.length), backend.allocate(DType.INT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    /** The tensor's numbers. */
    public static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.size())];
        backend.download(tensor, values, 0);
        return values;
    }
}
