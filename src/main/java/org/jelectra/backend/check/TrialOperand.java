package org.jelectra.backend.check;

import org.jelectra.backend.Backend;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * An operand of a trial. Its content is made when it is filled in, so that trials of large sizes take no memory.
 *
 * @param moved elements that the operation reads, plus those that it writes
 */
record TrialOperand(String name, Kind kind, Shape shape, Content content, long moved) {

    /** Random numbers are made so many at a time; larger operands repeat them. */
    private static final int PERIOD = 1 << 20;

    /** What an operand holds. */
    enum Kind {
        /** Numbers in the backend's value type. */
        VALUES,
        /** FLOAT32 numbers: parameters, statistics, moments. */
        NUMBERS,
        /** FLOAT32 numbers that a product reads in the backend's value type. */
        FACTORS,
        /** INT32. */
        INTEGERS
    }

    /** Element {@code index} of an operand. */
    interface Content {
        double at(int index, RandomSource random);
    }

    TrialOperand moving(long elements) {
        return new TrialOperand(name, kind, shape, content, elements);
    }

    /** Bytes that the operation reads, plus those that it writes. */
    long bytes(DType values) {
        return moved * (kind == Kind.FACTORS ? values : stored(values)).bytes();
    }

    private DType stored(DType values) {
        return switch (kind) {
            case VALUES -> values;
            case NUMBERS, FACTORS -> DType.FLOAT32;
            case INTEGERS -> DType.INT32;
        };
    }

    /** Room for the operand in the backend's memory. */
    Tensor allocate(Backend backend) {
        return Tensor.of(name, shape, backend.allocate(stored(backend.valueType()), shape.size()), 0);
    }

    /** Uploads the operand's content. */
    void fill(Backend backend, Tensor tensor, RandomSource random) {
        int size = Math.toIntExact(shape.size());
        if (kind == Kind.INTEGERS) {
            backend.upload(integers(size, random), 0, tensor);
        } else {
            backend.upload(numbers(size, random), 0, tensor);
        }
    }

    private int[] integers(int size, RandomSource random) {
        int[] integers = new int[size];
        for (int i = 0; i < size; i++) {
            integers[i] = (int) content.at(i, random);
        }
        return integers;
    }

    private float[] numbers(int size, RandomSource random) {
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = i < PERIOD ? (float) content.at(i, random) : numbers[i - PERIOD];
        }
        return numbers;
    }
}
