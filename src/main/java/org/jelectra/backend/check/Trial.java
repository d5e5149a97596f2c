package org.jelectra.backend.check;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** One operation and the random content of its operands; results have random content too, which some operations add to. */
public final class Trial {

    private static final int STREAM = 65539;

    /** What an operand holds. */
    private enum Kind {
        /** Numbers in [-1, 1) of the backend's value type. */
        VALUES,
        /** Numbers in [0.05, 1.05): parameters, statistics, moments, weights. */
        NUMBERS,
        /** Given integers. */
        INTEGERS
    }

    private record Operand(String name, Kind kind, float[] numbers, int[] integers, Shape shape) {}

    /** Prepares the operation on tensors by the operands' names. */
    interface Preparation {
        Operation prepare(Backend backend, Map<String, Tensor> tensors);
    }

    private final String name;
    private final RandomSource random;
    private final Map<String, Operand> operands = new LinkedHashMap<>();
    private Preparation preparation;

    private Trial(String name) {
        this.name = name;
        this.random = new RandomSource(name.hashCode(), STREAM, 0, 0);
    }

    static Trial of(String name) {
        return new Trial(name);
    }

    /** Name of the operation. */
    public String name() {
        return name;
    }

    Trial values(String operand, int... shape) {
        return add(operand, Kind.VALUES, -1, 2, shape);
    }

    Trial numbers(String operand, int... shape) {
        return add(operand, Kind.NUMBERS, 0.05f, 1, shape);
    }

    /** Numbers in [0.05, 0.95), for draws. */
    Trial uniforms(String operand, int... shape) {
        return add(operand, Kind.NUMBERS, 0.05f, 0.9f, shape);
    }

    /** The mask of sequences of different lengths, as batches have: 1 for a token, 0 for the padding behind them. */
    Trial mask(String operand, int batch, int length, int... shape) {
        int[] content = new int[batch * length];
        for (int i = 0; i < batch; i++) {
            Arrays.fill(content, i * length, (i + 1) * length - i * length / (4 * batch), 1);
        }
        return given(operand, content, shape);
    }

    private Trial add(String operand, Kind kind, float from, float width, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        float[] content = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < content.length; i++) {
            content[i] = from + width * (float) random.nextDouble();
        }
        operands.put(operand, new Operand(operand, kind, content, null, shape));
        return this;
    }

    /** Integers in [0, bound). */
    Trial integers(String operand, int bound, int... dimensions) {
        int[] content = new int[Math.toIntExact(Shape.of(dimensions).size())];
        for (int i = 0; i < content.length; i++) {
            content[i] = random.nextInt(bound);
        }
        return given(operand, content, dimensions);
    }

    /** Integers in ascending order, {@code step} apart. */
    Trial ascending(String operand, int step, int count) {
        int[] content = new int[count];
        for (int i = 0; i < count; i++) {
            content[i] = step * i;
        }
        return given(operand, content, count);
    }

    private Trial given(String operand, int[] content, int... dimensions) {
        operands.put(operand, new Operand(operand, Kind.INTEGERS, null, content, Shape.of(dimensions)));
        return this;
    }

    /** The clock of random numbers. */
    Trial clock() {
        return given("clock", new int[] {7, 11, 5, 1}, 4);
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

    /** The operands in the backend's memory, by name. */
    public Map<String, Tensor> place(Backend backend) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Operand operand : operands.values()) {
            DType dtype = switch (operand.kind) {
                case VALUES -> backend.valueType();
                case NUMBERS -> DType.FLOAT32;
                case INTEGERS -> DType.INT32;
            };
            Tensor tensor = Tensor.of(operand.name, operand.shape, backend.allocate(dtype, operand.shape.size()), 0);
            if (operand.integers != null) {
                backend.upload(operand.integers, 0, tensor);
            } else {
                backend.upload(operand.numbers, 0, tensor);
            }
            tensors.put(operand.name, tensor);
        }
        return tensors;
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
