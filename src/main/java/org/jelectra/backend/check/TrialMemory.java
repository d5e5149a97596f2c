package org.jelectra.backend.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * Memory for the operands of one trial after another. A backend keeps what it has allocated until it is closed, and all operands of
 * all operations would be many times what a step needs; here the largest operand of a trial lies where the largest of every other
 * does, the second largest where the second largest do, and so on.
 */
public final class TrialMemory {

    private final Backend backend;
    private final Map<DType, List<Storage>> storages = new EnumMap<>(DType.class);

    /** Allocates as much as each of the trials needs. */
    public TrialMemory(Backend backend, Collection<Trial> trials) {
        this.backend = backend;
        Map<DType, List<Long>> sizes = new EnumMap<>(DType.class);
        for (Trial trial : trials) {
            byType(trial).forEach((type, operands) -> {
                List<Long> most = sizes.computeIfAbsent(type, key -> new ArrayList<>());
                for (int i = 0; i < operands.size(); i++) {
                    long size = operands.get(i).shape().size();
                    if (i == most.size()) {
                        most.add(size);
                    } else {
                        most.set(i, Math.max(size, most.get(i)));
                    }
                }
            });
        }
        sizes.forEach((type, most) -> storages.put(
                type, most.stream().map(size -> backend.allocate(type, size)).toList()));
    }

    /** The operands of one of the trials, by name, with their content; those of the one before are overwritten. */
    public Map<String, Tensor> place(Trial trial) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        // in the trial's order, which is that of its shapes
        trial.operands().forEach(operand -> tensors.put(operand.name(), null));
        byType(trial).forEach((type, operands) -> {
            for (int i = 0; i < operands.size(); i++) {
                TrialOperand operand = operands.get(i);
                Storage storage = storages.get(type).get(i);
                tensors.replace(operand.name(), Tensor.of(operand.name(), operand.shape(), storage, 0));
            }
        });
        trial.fill(backend, tensors);
        return tensors;
    }

    /** The operands of each type, the largest first. */
    private Map<DType, List<TrialOperand>> byType(Trial trial) {
        Map<DType, List<TrialOperand>> operands = new EnumMap<>(DType.class);
        trial.operands().stream()
                .sorted(Comparator.comparingLong(
                                (TrialOperand operand) -> operand.shape().size())
                        .reversed())
                .forEach(operand -> operands.computeIfAbsent(
                                operand.dtype(backend.valueType()), key -> new ArrayList<>())
                        .add(operand));
        return operands;
    }
}
