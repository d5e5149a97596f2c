package org.jelectra.backend.cpu;

import org.jelectra.tensor.Tensor;

/**
 * Where a row-major float32 matrix lies.
 *
 * @param values array that holds it
 * @param offset of its first element
 * @param stride elements from one row to the next
 */
record Matrix(float[] values, int offset, int stride) {

    /** The rows of a tensor; null for none. */
    static Matrix of(Tensor tensor) {
        return tensor == null
                ? null
                : new Matrix(
                        CpuStorage.floats(tensor),
                        CpuStorage.offset(tensor),
                        tensor.shape().width());
    }
}
