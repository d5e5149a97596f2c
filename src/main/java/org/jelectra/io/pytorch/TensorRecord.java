package org.jelectra.io.pytorch;

/**
 * A tensor: a view of a storage. Its elements lie within the storage, and are no more than it has.
 *
 * @param storage the values
 * @param offset element of the storage that the tensor begins with
 * @param shape sizes, outermost first
 * @param strides elements between neighbours, by dimension
 * @param count number of elements
 */
record TensorRecord(StorageRecord storage, long offset, long[] shape, long[] strides, long count) {

    /** Whether the elements lie in the storage one after another, row-major. */
    boolean isContiguous() {
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && strides[i] != expected) {
                return count == 0;
            }
            expected *= shape[i];
        }
        return true;
    }

    /** Elements of the storage from the first to the last that the tensor has. */
    long span() {
        if (count == 0) {
            return 0;
        }
        long span = 1;
        for (int i = 0; i < shape.length; i++) {
            span += (shape[i] - 1) * strides[i];
        }
        return span;
    }
}
