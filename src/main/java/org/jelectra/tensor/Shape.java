package org.jelectra.tensor;

import java.util.Arrays;

/** Dimensions of a tensor, row-major: the last varies fastest. Immutable. */
public final class Shape {

    private final int[] dimensions;

    private Shape(int[] dimensions) {
        this.dimensions = dimensions;
    }

    /** A shape; every dimension must be at least 0. No dimensions: a scalar. */
    public static Shape of(int... dimensions) {
        for (int dimension : dimensions) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "dimensions must not be negative, got " + Arrays.toString(dimensions));
            }
        }
        return new Shape(dimensions.clone());
    }

    /** Number of dimensions. */
    public int rank() {
        return dimensions.length;
    }

    /** Number of elements. */
    public long size() {
        long size = 1;
        for (int dimension : dimensions) {
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }

    /** Product of all dimensions but the last: the rows of the tensor seen as a matrix. */
    public int rows() {
        return dimensions.length == 0 ? 1 : width() == 0 ? 0 : Math.toIntExact(size() / width());
    }

    /** The last dimension (1 for a scalar): the columns of the tensor seen as a matrix. */
    public int width() {
        return dimensions.length == 0 ? 1 : dimensions[dimensions.length - 1];
    }

    /** A copy of the dimensions. */
    public int[] toArray() {
        return dimensions.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dimensions, that.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    @Override
    public String toString() {
        return Arrays.toString(dimensions);
    }
}
