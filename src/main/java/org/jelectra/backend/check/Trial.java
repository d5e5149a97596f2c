package org.jelectra.backend.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * One operation, the random content of its operands, and what it costs at least. Results have random content too, which some
 * operations add to.
 */
public final class Trial {

    private static final int STREAM = 65539;
    /** Random numbers are made so many at a time; larger operands repeat them. */
    private static final int PERIOD = 1 << 20;

    /** What an operand holds, and in which type the operation reads or writes it. */
    private enum Kind {
        /** Numbers in the backend's value type. */
        VALUES,
        /** FLOAT32 numbers: parameters, statistics, moments. */
        NUMBERS,
        /** FLOAT32 numbers that a product reads in the backend's value type. */
        FACTORS,
        /** INT32. */
        INTEGERS;

        DType stored(DType values) {
            return this == VALUES ? values : this == INTEGERS ? DType.INT32 : DType.FLOAT32;
        }

        DType moved(DType values) {
            return this == FACTORS ? values : stored(values);
        }
    }

    /** Element {@code index} of an operand. */
    private interface Content {
        double at(int index, RandomSource random);
    }

    /** @param moved elements that are read, plus those that are written */
    private record Operand(String name, Kind kind, Shape shape, Content content, long moved) {
        Operand moving(long elements) {
            return new Operand(name, kind, shape, content, elements);
        }
    }

    /** Prepares the operation on tensors by the operands' names. */
    interface Preparation {
        Operation prepare(Backend backend, Map<String, Tensor> tensors);
    }

    private final String name;
    private final Map<String, Operand> operands = new LinkedHashMap<>();
    private Operand last;
    private double flops;
    private Preparation preparation;

    private Trial(String name) {
        this.name = name;
    }

    static Trial of(String name) {
        return new Trial(name);
    }

    /** Name of the operation. */
    public String name() {
        return name;
    }

    /** Shapes of the operands. */
    public List<Shape> shapes() {
        return operands.values().stream().map(Operand::shape).toList();
    }

    /** Numbers in [-1, 1) of the backend's value type. */
    Trial values(String operand, int... shape) {
        return add(operand, Kind.VALUES, -1, 2, shape);
    }

    /** Numbers in [0.05, 1.05): parameters, statistics, moments, weights. */
    Trial numbers(String operand, int... shape) {
        return add(operand, Kind.NUMBERS, 0.05, 1, shape);
    }

    /** Numbers in [0.05, 1.05): the weight of a product. */
    Trial factors(String operand, int... shape) {
        return add(operand, Kind.FACTORS, 0.05, 1, shape);
    }

    /** Numbers in [0.05, 0.95), for draws. */
    Trial uniforms(String operand, int... shape) {
        return add(operand, Kind.NUMBERS, 0.05, 0.9, shape);
    }

    /** One number. */
    Trial number(String operand, double value) {
        return add(operand, Kind.NUMBERS, (i, random) -> value, 1);
    }

    /** The mask of sequences of different lengths, as batches have: 1 for a token, 0 for the padding behind them. */
    Trial mask(String operand, int batch, int length, int... shape) {
        return add(
                operand,
                Kind.INTEGERS,
                (i, random) -> i % length < length - i / length * length / (4 * batch) ? 1 : 0,
                shape);
    }

    /** Integers in [0, bound). */
    Trial integers(String operand, int bound, int... shape) {
        return add(operand, Kind.INTEGERS, (i, random) -> random.nextInt(bound), shape);
    }

    /** Integers in ascending order, {@code step} apart. */
    Trial ascending(String operand, int step, int count) {
        return add(operand, Kind.INTEGERS, (i, random) -> step * i, count);
    }

    private Trial add(String operand, Kind kind, double from, double width, int... shape) {
        return add(operand, kind, (i, random) -> (float) from + (float) width * (float) random.nextDouble(), shape);
    }

    /** Operands count as read once or written once. */
    private Trial add(String operand, Kind kind, Content content, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        return put(new Operand(operand, kind, shape, content, shape.size()));
    }

    private Trial put(Operand operand) {
        operands.put(operand.name, operand);
        last = operand;
        return this;
    }

    /** The last operand is read and written. */
    Trial updated() {
        return put(last.moving(2 * last.moved));
    }

    /** Only so many of the last operand's elements are touched. */
    Trial touched(long elements) {
        return put(last.moving(Math.min(elements, last.moved)));
    }

    /** The clock of random numbers. */
    Trial clock() {
        int[] clock = {7, 11, 5, 1};
        return add("clock", Kind.INTEGERS, (i, random) -> clock[i], clock.length);
    }

    /** Operations in matrix products: a multiplication with its addition is 2. */
    Trial flops(double count) {
        flops = count;
        return this;
    }

    Trial prepares(Preparation how) {
        preparation = how;
        return this;
    }

    static Dropout dropout(Map<String, Tensor> tensors) {
        return new Dropout(0.1f, randomness(tensors));
    }

    static Randomness randomness(Map<String, Tensor> tensors) {
        return new Randomness(tensors.get("clock"), STREAM);
    }

    /**
     * Bytes that the operation must move at least: each operand that it reads once, each that it writes once, each that it adds to
     * twice. Rows of a table that are looked up count as if none repeated.
     *
     * @param values the backend's value type
     */
    public long bytes(DType values) {
        return operands.values().stream()
                .mapToLong(operand -> operand.moved * operand.kind.moved(values).bytes())
                .sum();
    }

    /** Floating-point operations that it must do in matrix products, a multiplication with its addition counted as 2; 0 for others. */
    public double flops() {
        return flops;
    }

    /** The operands in the backend's memory, by name, with the same content every time. */
    public Map<String, Tensor> place(Backend backend) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        RandomSource random = new RandomSource(name.hashCode(), STREAM, 0, 0);
        for (Operand operand : operands.values()) {
            DType dtype = operand.kind.stored(backend.valueType());
            Tensor tensor = Tensor.of(operand.name, operand.shape, backend.allocate(dtype, operand.shape.size()), 0);
            if (dtype == DType.INT32) {
                backend.upload(integers(operand, random), 0, tensor);
            } else {
                backend.upload(numbers(operand, random), 0, tensor);
            }
            tensors.put(operand.name, tensor);
        }
        return tensors;
    }

    private static int[] integers(Operand operand, RandomSource random) {
        int[] content = new int[Math.toIntExact(operand.shape.size())];
        for (int i = 0; i < content.length; i++) {
            content[i] = (int) operand.content.at(i, random);
        }
        return content;
    }

    private static float[] numbers(Operand operand, RandomSource random) {
        float[] content = new float[Math.toIntExact(operand.shape.size())];
        for (int i = 0; i < content.length; i++) {
            content[i] = i < PERIOD ? (float) operand.content.at(i, random) : content[i - PERIOD];
        }
        return content;
    }

    /** The operation on operands that {@link #place} gave. */
    public Operation prepare(Backend backend, Map<String, Tensor> tensors) {
        return preparation.prepare(backend, tensors);
    }

    @Override
    public String toString() {
        return name;
    }
}
