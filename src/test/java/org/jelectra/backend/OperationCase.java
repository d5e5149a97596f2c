package org.jelectra.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** One operation with operands of fixed shapes: what every operation must do can be tested from this description. */
final class OperationCase {

    /** What an operation does with an operand. */
    enum Role {
        /** Reads it. */
        INPUT,
        /** Writes it, whatever it held. */
        OUTPUT,
        /** Adds to it. */
        ACCUMULATED,
        /** Replaces it by something computed from it. */
        UPDATED
    }

    /**
     * One tensor of the operation.
     *
     * @param lowest for INT32 operands: values are in [lowest, bound)
     * @param bound see there
     * @param growable dimension that nothing else depends on, or -1
     */
    record Operand(String name, Role role, DType dtype, int lowest, int bound, int growable, int[] shape) {

        /** The same operand with another shape. */
        Operand withShape(int[] newShape) {
            return new Operand(name, role, dtype, lowest, bound, growable, newShape);
        }

        /** The same operand with another element type. */
        Operand withDtype(DType other) {
            return new Operand(name, role, other, 0, 1, growable, shape);
        }

        /** The shape with one dimension larger, for every dimension that must agree with something. */
        List<int[]> wrongShapes() {
            List<int[]> wrong = new ArrayList<>();
            for (int dimension = 0; dimension < shape.length; dimension++) {
                if (dimension != growable) {
                    int[] larger = shape.clone();
                    larger[dimension]++;
                    wrong.add(larger);
                }
            }
            return wrong;
        }

        int size() {
            return (int) Shape.of(shape).size();
        }
    }

    /** Prepares the operation on tensors by operand name. */
    interface Preparation {
        Operation prepare(Backend backend, Map<String, Tensor> tensors);
    }

    private final String name;
    private final List<Operand> operands = new ArrayList<>();
    private Preparation preparation;

    private OperationCase(String name) {
        this.name = name;
    }

    static OperationCase of(String name) {
        return new OperationCase(name);
    }

    OperationCase reads(String operand, int... shape) {
        return operand(operand, Role.INPUT, DType.FLOAT32, -1, shape);
    }

    /** An input of which the first dimension is a number of rows to choose from. */
    OperationCase readsTable(String operand, int... shape) {
        return operand(operand, Role.INPUT, DType.FLOAT32, 0, shape);
    }

    /** An input whose last dimension is free. */
    OperationCase readsAnyWidth(String operand, int... shape) {
        return operand(operand, Role.INPUT, DType.FLOAT32, shape.length - 1, shape);
    }

    OperationCase readsIntegers(String operand, int bound, int... shape) {
        return readsIntegersFrom(operand, 0, bound, shape);
    }

    /** Integers in [lowest, bound). */
    OperationCase readsIntegersFrom(String operand, int lowest, int bound, int... shape) {
        operands.add(new Operand(operand, Role.INPUT, DType.INT32, lowest, bound, -1, shape));
        return this;
    }

    OperationCase writes(String operand, int... shape) {
        return operand(operand, Role.OUTPUT, DType.FLOAT32, -1, shape);
    }

    /** An output of which the first dimension is a number of rows to choose from. */
    OperationCase writesTable(String operand, int... shape) {
        return operand(operand, Role.OUTPUT, DType.FLOAT32, 0, shape);
    }

    OperationCase writesIntegers(String operand, int... shape) {
        return operand(operand, Role.OUTPUT, DType.INT32, -1, shape);
    }

    OperationCase addsTo(String operand, int... shape) {
        return operand(operand, Role.ACCUMULATED, DType.FLOAT32, -1, shape);
    }

    OperationCase addsToTable(String operand, int... shape) {
        return operand(operand, Role.ACCUMULATED, DType.FLOAT32, 0, shape);
    }

    OperationCase updates(String operand, int... shape) {
        return operand(operand, Role.UPDATED, DType.FLOAT32, -1, shape);
    }

    /** An updated operand whose last dimension is free. */
    OperationCase updatesAnyWidth(String operand, int... shape) {
        return operand(operand, Role.UPDATED, DType.FLOAT32, shape.length - 1, shape);
    }

    private OperationCase operand(String operand, Role role, DType dtype, int growable, int... shape) {
        operands.add(new Operand(operand, role, dtype, 0, 0, growable, shape));
        return this;
    }

    OperationCase prepares(Preparation newPreparation) {
        preparation = newPreparation;
        return this;
    }

    String name() {
        return name;
    }

    List<Operand> operands() {
        return operands;
    }

    /** Prepares the operation on the given tensors. */
    Operation prepare(Backend backend, Map<String, Tensor> tensors) {
        return preparation.prepare(backend, tensors);
    }

    /** Tensors for all operands, one of them replaced by {@code changed} where that is not null. */
    Map<String, Tensor> place(Workbench bench, Operand changed) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Operand operand : operands) {
            Operand used = changed != null && changed.name.equals(operand.name) ? changed : operand;
            tensors.put(operand.name, tensor(bench, used));
        }
        return tensors;
    }

    private static Tensor tensor(Workbench bench, Operand operand) {
        boolean integer = operand.dtype == DType.INT32;
        return switch (operand.role) {
            case OUTPUT ->
                integer ? bench.integerOutput(operand.name, operand.shape) : bench.output(operand.name, operand.shape);
            case INPUT ->
                integer
                        ? bench.input(operand.name, integers(bench, operand), operand.shape)
                        : bench.input(operand.name, positive(bench, operand), operand.shape);
            case ACCUMULATED, UPDATED ->
                integer
                        ? bench.integerOutput(operand.name, operand.shape)
                        : bench.variable(operand.name, positive(bench, operand), operand.shape);
        };
    }

    private static int[] integers(Workbench bench, Operand operand) {
        int[] integers = bench.integers(operand.size(), operand.bound - operand.lowest);
        return Arrays.stream(integers).map(i -> operand.lowest + i).toArray();
    }

    /** Values that suit every operand: normalisers, roots of moments and rates must not be negative. */
    private static double[] positive(Workbench bench, Operand operand) {
        return bench.uniform(operand.size(), 0.01, 2);
    }

    @Override
    public String toString() {
        return name;
    }
}
