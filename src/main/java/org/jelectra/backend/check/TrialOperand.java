package org.jelectra.backend.check;

import java.util.Set;
import org.jelectra.backend.Backend;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * An operand of a trial. Its content is made when it is filled in, so that trials of large sizes take no memory.
 *
 * @param touched elements that the operation must read or write
 * @param free dimensions whose size depends on no other operand
 */
public record TrialOperand(
        String name, Kind kind, Shape shape, Content content, Access access, long touched, Set<Integer> free) {

    /** Random numbers are made so many at a time, a prime number; larger operands repeat them, no two rows in the same places. */
    private static final int PERIOD = 65_537;

    /** What an operand holds. */
    public enum Kind {
        /** Numbers in the backend's value type. */
        VALUES,
        /** FLOAT32 numbers: parameters, statistics, moments. */
        NUMBERS,
        /** FLOAT32 numbers that a product reads in the backend's value type. */
        FACTORS,
        /** INT32. */
        INTEGERS,
        /** INT32 [batch, length]: 1 for a token, 0 for padding. */
        MASK
    }

    /** What an operation does with an operand. */
    public enum Access {
        /** Reads it. */
        READ,
        /** Writes it, whatever it held. */
        WRITTEN,
        /** Adds to it, or replaces it by something computed from it. */
        UPDATED
    }

    /** Element {@code index} of an operand. */
    public interface Content {
        double at(int index, RandomSource random);
    }

    TrialOperand accessed(Access how) {
        return new TrialOperand(name, kind, shape, content, how, touched, free);
    }

    TrialOperand touching(long elements) {
        return new TrialOperand(name, kind, shape, content, access, elements, free);
    }

    TrialOperand freeIn(Set<Integer> dimensions) {
        return new TrialOperand(name, kind, shape, content, access, touched, dimensions);
    }

    /** Whether the operation leaves something in it. */
    public boolean isResult() {
        return access != Access.READ;
    }

    /** Bytes that the operation reads, plus those that it writes. */
    long bytes(DType values) {
        long moved = access == Access.UPDATED ? 2 * touched : touched;
        return moved * (kind == Kind.FACTORS ? values : dtype(values)).bytes();
    }

    /**
     * Type of its elements in memory.
     *
     * @param values the backend's value type
     */
    public DType dtype(DType values) {
        return switch (kind) {
            case VALUES -> values;
            case NUMBERS, FACTORS -> DType.FLOAT32;
            case INTEGERS, MASK -> DType.INT32;
        };
    }

    /** Room for the operand in the backend's memory. */
    Tensor allocate(Backend backend) {
        return Tensor.of(name, shape, backend.allocate(dtype(backend.valueType()), shape.size()), 0);
    }

    /** An operand's content, for the memory of any backend. */
    interface Drawn {
        void upload(Backend backend, Tensor tensor);
    }

    /** Makes the operand's content. */
    Drawn draw(RandomSource random) {
        if (kind == Kind.INTEGERS || kind == Kind.MASK) {
            int[] integers = integers(random);
            return (backend, tensor) -> backend.upload(integers, 0, tensor);
        }
        float[] period = period(random);
        return (backend, tensor) -> backend.upload(repeated(period), 0, tensor);
    }

    /** Its content, of INT32 operands. */
    public int[] integers(RandomSource random) {
        int[] integers = new int[Math.toIntExact(shape.size())];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = (int) content.at(i, random);
        }
        return integers;
    }

    /** Its content, of others. */
    public float[] numbers(RandomSource random) {
        return repeated(period(random));
    }

    private float[] period(RandomSource random) {
        float[] period = new float[(int) Math.min(shape.size(), PERIOD)];
        for (int i = 0; i < period.length; i++) {
            period[i] = (float) content.at(i, random);
        }
        return period;
    }

    private float[] repeated(float[] period) {
        float[] numbers = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < numbers.length; i += PERIOD) {
            System.arraycopy(period, 0, numbers, i, Math.min(PERIOD, numbers.length - i));
        }
        return numbers;
    }
}
