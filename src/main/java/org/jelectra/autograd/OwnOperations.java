package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
        recording.forward(operation.name(), StepTensors.of(values, y), () -> operation.forward(values, y));
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
        recording.backward(
                operation.name() + "Backward",
                StepTensors.of(values, result, result.gradient(), dInputs),
                () -> operation.backward(values, result.value(), result.gradient(), dInputs));
        for (int i = 0; i < dInputs.size(); i++) {
            if (dInputs.get(i) != null) {
                recording.addContribution(inputs.get(i), dInputs.get(i));
            }
        }
    }
}
