package org.jelectra.backend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** One operation on operands of the kind that training gives it, whose numbers are compared between backends. */
final class PrecisionCase {

    private record Operand(String name, boolean value, boolean result, float[] numbers, int[] integers, Shape shape) {}

    private final String name;
    private final RandomSource random;
    private final List<Operand> operands = new ArrayList<>();
    private OperationCase.Preparation preparation;

    private PrecisionCase(String name) {
        this.name = name;
        this.random = new RandomSource(name.hashCode(), 1, 0, 0);
    }

    static PrecisionCase of(String name) {
        return new PrecisionCase(name);
    }

    String name() {
        return name;
    }

    private double normal() {
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        return radius * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private PrecisionCase numbers(
            String operand, boolean value, boolean result, double mean, double deviation, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        float[] content = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < content.length; i++) {
            double number = mean + deviation * normal();
            content[i] = (float) (value ? PlainBackend.nearestBf16(number) : number);
        }
        operands.add(new Operand(operand, value, result, content, null, shape));
        return this;
    }

    /** Values (bf16 numbers) of the standard normal distribution. */
    PrecisionCase values(String operand, int... shape) {
        return numbers(operand, true, false, 0, 1, shape);
    }

    /** Parameters: float32 numbers with that mean and deviation. */
    PrecisionCase parameters(String operand, double mean, double deviation, int... shape) {
        return numbers(operand, false, false, mean, deviation, shape);
    }

    /** A result in the value type, which holds normal numbers before. */
    PrecisionCase leavesValues(String operand, int... shape) {
        return numbers(operand, true, true, 0, 1, shape);
    }

    /** A result in float32, which holds normal numbers before. */
    PrecisionCase leaves(String operand, int... shape) {
        return numbers(operand, false, true, 0, 1, shape);
    }

    /** A result in float32 that the operation changes; positive numbers before, as second moments are. */
    PrecisionCase changes(String operand, double mean, double deviation, int... shape) {
        return numbers(operand, false, true, mean, deviation, shape);
    }

    /** Integers in [0, bound). */
    PrecisionCase integers(String operand, int bound, int... dimensions) {
        int[] content = new int[Math.toIntExact(Shape.of(dimensions).size())];
        for (int i = 0; i < content.length; i++) {
            content[i] = random.nextInt(bound);
        }
        return given(operand, content, dimensions);
    }

    /** Ones, but for a growing end of each sequence. */
    PrecisionCase mask(String operand, int batch, int length, int... shape) {
        int[] content = new int[batch * length];
        for (int i = 0; i < content.length; i++) {
            content[i] = i % length < length - i / length * length / (4 * batch) ? 1 : 0;
        }
        return given(operand, content, shape);
    }

    PrecisionCase given(String operand, int[] content, int... dimensions) {
        operands.add(new Operand(operand, false, false, null, content, Shape.of(dimensions)));
        return this;
    }

    PrecisionCase prepares(OperationCase.Preparation how) {
        preparation = how;
        return this;
    }

    /** Whether a result is in the value type. */
    boolean isValue(String result) {
        return operands.stream().anyMatch(operand -> operand.name.equals(result) && operand.value);
    }

    /** Runs the operation; returns the numbers that it leaves, by result. */
    Map<String, double[]> run(Backend backend) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Operand operand : operands) {
            DType dtype = operand.integers != null ? DType.INT32 : operand.value ? backend.valueType() : DType.FLOAT32;
            Tensor tensor = Tensor.of(operand.name, operand.shape, backend.allocate(dtype, operand.shape.size()), 0);
            if (operand.integers != null) {
                backend.upload(operand.integers, 0, tensor);
            } else {
                backend.upload(operand.numbers, 0, tensor);
            }
            tensors.put(operand.name, tensor);
        }
        preparation.prepare(backend, tensors).run();
        Map<String, double[]> results = new LinkedHashMap<>();
        for (Operand operand : operands) {
            if (operand.result) {
                results.put(operand.name, numbers(backend, tensors.get(operand.name)));
            }
        }
        return results;
    }

    private static double[] numbers(Backend backend, Tensor tensor) {
        if (tensor.storage() instanceof PlainStorage) {
            return PlainStorage.numbers(tensor); // without rounding to float
        }
        float[] left = new float[Math.toIntExact(tensor.size())];
        backend.download(tensor, left, 0);
        double[] numbers = new double[left.length];
        for (int i = 0; i < left.length; i++) {
            numbers[i] = left[i];
        }
        return numbers;
    }

    @Override
    public String toString() {
        return name;
    }
}
