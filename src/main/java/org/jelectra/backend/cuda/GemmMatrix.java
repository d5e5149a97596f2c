package org.jelectra.backend.cuda;

import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * A factor or the result of a matrix product, in device memory, row by row.
 *
 * @param address of its first element, a multiple of the element's size
 * @param leading elements from one row to the next
 */
record GemmMatrix(long address, int leading) {

    /** Offsets within a tile, the largest of which have 256 rows, are 32-bit numbers in the kernels. */
    private static final int MAX_ROW_BYTES = 1 << 23;

    /** The tensor as a matrix, its last dimension the row. */
    static GemmMatrix of(Device device, Tensor tensor) {
        return new GemmMatrix(device.address(tensor), tensor.shape().width());
    }

    /** The same in bf16: from the copy beside its storage where the tensor is FLOAT32. */
    static GemmMatrix bf16(Device device, Tensor tensor) {
        return new GemmMatrix(device.bf16Address(tensor), tensor.shape().width());
    }

    void check(String role, int width, DType type) {
        if (leading < width || (long) leading * type.bytes() > MAX_ROW_BYTES) {
            throw new IllegalArgumentException("rows of " + role + " are at least " + width
                    + " elements apart and at most " + MAX_ROW_BYTES / type.bytes() + ", got " + leading);
        }
    }

    /** Bytes that a kernel can copy at a time: 16, 4, or one element. */
    int unit(DType type) {
        for (int unit : new int[] {16, 4}) {
            if (dividesBy(unit, type)) {
                return unit;
            }
        }
        return type.bytes();
    }

    /** Columns that a kernel can store at a time where rows have that width: {@code most}, a power of two, or a half, a quarter and so on. */
    int vector(int most, int width, DType type) {
        int vector = most;
        while (width % vector != 0 || !dividesBy(vector * type.bytes(), type)) {
            vector /= 2;
        }
        return vector;
    }

    private boolean dividesBy(int bytes, DType type) {
        return address % bytes == 0 && (long) leading * type.bytes() % bytes == 0;
    }
}
