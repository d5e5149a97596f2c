package org.jelectra.autograd;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.backend.Randomness;
import org.jelectra.tensor.Tensor;

/**
 * The tensors that a step reads or writes: of a record of operands those of all its components that are tensors, variables, records and
 * lists of these. The clock of random numbers is none of them: it keeps its place, whatever the steps.
 */
final class StepTensors {

    private final List<Tensor> tensors = new ArrayList<>();

    private StepTensors() {}

    /**
     * All of them, in their order.
     *
     * @param operands tensors, variables, records and lists of such, and null for none
     * @throws IllegalArgumentException for anything else
     */
    static List<Tensor> of(Object... operands) {
        StepTensors all = new StepTensors();
        all.addAll(Arrays.asList(operands));
        return all.tensors;
    }

    private void addAll(List<?> operands) {
        for (Object operand : operands) {
            if (!add(operand)) {
                throw new IllegalArgumentException(
                        "a step reads and writes tensors, variables, records and lists of these, got " + operand);
            }
        }
    }

    /** Returns false for what is none and holds none. */
    private boolean add(Object operand) {
        if (operand instanceof Tensor tensor) {
            tensors.add(tensor);
        } else if (operand instanceof Variable variable) {
            tensors.add(variable.value());
        } else if (operand instanceof List<?> list) {
            addAll(list);
        } else if (operand instanceof Record operands && !(operand instanceof Randomness)) {
            for (RecordComponent component : operands.getClass().getRecordComponents()) {
                add(value(component, operands));
            }
        } else {
            return operand == null || operand instanceof Randomness;
        }
        return true;
    }

    private static Object value(RecordComponent component, Record operands) {
        try {
            return component.getAccessor().invoke(operands);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component + " of " + operands.getClass() + " cannot be read", e);
        }
    }
}
