package org.jelectra.pretrain;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
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
    private final ToIntFunction<Tensor> columns;
    private float[] values = new float[0];
    private int operations;
    private String found;
    private List<String> weights = List.of();

    /** For the weights alone. */
    NonFiniteFinder(ElectraModel model) {
        this(model, tensor -> tensor.shape().width());
    }

    /**
     * For programs too.
     *
     * @param columns as {@link Program#columns}: minus infinity behind them is no fault
     */
    NonFiniteFinder(ElectraModel model, ToIntFunction<Tensor> columns) {
        this.model = model;
        this.backend = model.backend();
        this.columns = columns;
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

    /** Names of the weights in the operation that the search ended at; empty where it has none. */
    List<String> weights() {
        return weights;
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
                weights = weights(tensors);
                found = describe(operation, tensor);
                return false;
            }
        }
        return true;
    }

    private String describe(String operation, Tensor bad) {
        String name = parameters.get(place(bad));
        if (name != null) {
            return "the " + name + " (" + operation + ")";
        }
        return "the tensor " + bad + " of operation " + operations + ", " + operation + firstWeight();
    }

    private List<String> weights(List<Tensor> tensors) {
        return tensors.stream()
                .map(tensor -> parameters.get(place(tensor)))
                .filter(name -> name != null && !name.startsWith("gradient"))
                .toList();
    }

    // the names of all of them would hide what else there is to say
    private String firstWeight() {
        if (weights.isEmpty()) {
            return "";
        }
        int more = weights.size() - 1;
        return " with " + weights.get(0) + (more == 0 ? "" : " and " + more + " more");
    }

    private boolean isFinite(Tensor tensor) {
        int size = Math.toIntExact(tensor.size());
        if (values.length < size) {
            values = new float[size];
        }
        backend.download(tensor, values, 0);
        for (int i = 0; i < size; i++) {
            if (!Float.isFinite(values[i]) && !isOfNoWord(tensor, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether that element is a logit behind those of the words, and as it should be. */
    private boolean isOfNoWord(Tensor tensor, int element) {
        return values[element] == Float.NEGATIVE_INFINITY
                && element % tensor.shape().width() >= columns.applyAsInt(tensor);
    }
}
