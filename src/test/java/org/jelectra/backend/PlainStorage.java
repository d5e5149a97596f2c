package org.jelectra.backend;

import java.util.Arrays;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/** Numbers in double, or integers. */
public record PlainStorage(DType dtype, double[] numbers, int[] integers) implements Storage {

    static PlainStorage of(DType dtype, long size) {
        int length = Math.toIntExact(size);
        return dtype == DType.INT32
                ? new PlainStorage(dtype, null, new int[length])
                : new PlainStorage(dtype, new double[length], null);
    }

    @Override
    public long size() {
        return numbers == null ? integers.length : numbers.length;
    }

    private static int from(Tensor tensor) {
        return Math.toIntExact(tensor.offset());
    }

    private static int to(Tensor tensor) {
        return Math.toIntExact(tensor.offset() + tensor.size());
    }

    /** A copy of the tensor's numbers. */
    public static double[] numbers(Tensor tensor) {
        return Arrays.copyOfRange(((PlainStorage) tensor.storage()).numbers, from(tensor), to(tensor));
    }

    /** A copy of the tensor's integers. */
    static int[] integers(Tensor tensor) {
        return Arrays.copyOfRange(((PlainStorage) tensor.storage()).integers, from(tensor), to(tensor));
    }

    /** Puts these numbers into the tensor. */
    public static void write(Tensor tensor, double[] values) {
        System.arraycopy(values, 0, ((PlainStorage) tensor.storage()).numbers, from(tensor), values.length);
    }

    static void write(Tensor tensor, int[] values) {
        System.arraycopy(values, 0, ((PlainStorage) tensor.storage()).integers, from(tensor), values.length);
    }
}
