package org.jelectra.electra.heads;

import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Tensors of given numbers. */
final class HeadTensors {

    private HeadTensors() {}

    static Tensor integers(Backend backend, int[] values) {
        Tensor tensor = Tensor.of("integers", Shape.of(values.length), backend.allocate(DType.INT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    static Tensor floats(Backend backend, float... values) {
        Tensor tensor = Tensor.of("floats", Shape.of(values.length), backend.allocate(DType.FLOAT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }
}
