package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.tensor.Tensor;

/**
 * Finds the first tensor of a step that is not finite, by looking at every one after the operation that wrote it. Slow, for a step
 * that is known to have failed: steps are functions of batch and step number, so that it fails again.
 */
final class NonFiniteFinder implements Program.Inspector {

    private final ElectraModel model;
    private final Backend backend;
    private final Map<Object, String> parameters = new HashMap<>();
    private float[] values = new float[0];
    private int operations;
    private String found;

    NonFiniteFinder(ElectraModel model) {
        this.model = model;
        this.backend = model.backend();
        for (Parameter parameter : model.parameters().parameters()) {
            parameters.put(place(parameter.value()), parameter.name());
            parameters.put(place(parameter.gradient()), "gradient of " + parameter.name());
        }
    }

    // The steps see stacked parameters (query, key and value are one), so tensors are recognised by where they begin.
    private static Object place(Tensor tensor) {
        return List.of(System.identityHashCode(tensor.storage()), tensor.offset());
    }

    /** The first offending tensor; null where all were finite. */
    String found() {
        return found;
    }

    /** Looks at the weights themselves; whether all are finite. */
    boolean weightsAreFinite() {
        for (Parameter parameter : model.parameters().parameters()) {
            if (!isFinite(parameter.value())) {
                found = "the weights " + parameter.name() + " themselves";
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean inspect(String operation, List<Tensor> tensors) {
        operations++;
        for (Tensor tensor : tensors) {
            if (tensor.dtype().isFloat() && !isFinite(tensor)) {
                found = describe(operation, tensor, tensors);
                return false;
            }
        }
        return true;
    }

    private String describe(String operation, Tensor bad, List<Tensor> tensors) {
        String name = parameters.get(place(bad));
        if (name != null) {
            return "the " + name + " (" + operation + ")";
        }
        List<String> weights = new ArrayList<>();
        for (Tensor tensor : tensors) {
            String weight = parameters.get(place(tensor));
            if (weight != null && !weight.startsWith("gradient")) {
                weights.add(weight);
            }
        }
        return "the tensor " + bad + " of operation " + operations + ", " + operation
                + (weights.isEmpty() ? "" : " with " + String.join(", ", weights));
    }

    private boolean isFinite(Tensor tensor) {
        int size = Math.toIntExact(tensor.size());
        if (values.length < size) {
            values = new float[size];
        }
        backend.download(tensor, values, 0);
        for (int i = 0; i < size; i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }
}
