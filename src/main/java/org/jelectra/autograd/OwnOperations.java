package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jelectra.tensor.Tensor;

/** Records operations that come from outside. */
final class OwnOperations {

    private final Recording recording;

    OwnOperations(Recording recording) {
        this.recording = recording;
    }

    /** See {@link Tape#operation}. */
    Variable record(DifferentiableOperation operation, List<Variable> inputs, Tensor y) {
        Variable result = recording.resultIn(y, Variable.anyRequiresGradient(inputs.toArray(new Variable[0])));
        List<Tensor> values = inputs.stream().map(Variable::value).toList();
        List<Tensor> tensors = new ArrayList<>(values);
        tensors.add(y);
        recording.forward(operation.name(), tensors, () -> operation.forward(values, y));
        recording.pullback(result, () -> {
            if (result.gradient() != null) {
                backward(operation, inputs, values, result);
            }
        });
        return result;
    }

    private void backward(
            DifferentiableOperation operation, List<Variable> inputs, List<Tensor> values, Variable result) {
        List<Tensor> gradients = new ArrayList<>();
        for (Variable input : inputs) {
            gradients.add(input.requiresGradient() ? recording.contribution(input) : null);
        }
        List<Tensor> dInputs = Collections.unmodifiableList(gradients);
        List<Tensor> tensors = new ArrayList<>(values);
        tensors.add(result.value());
        tensors.add(result.gradient());
        dInputs.stream().filter(Objects::nonNull).forEach(tensors::add);
        recording.backward(
                operation.name() + "Backward",
                tensors,
                () -> operation.backward(values, result.value(), result.gradient(), dInputs));
        for (int i = 0; i < dInputs.size(); i++) {
            if (dInputs.get(i) != null) {
                recording.addContribution(inputs.get(i), dInputs.get(i));
            }
        }
    }
}
