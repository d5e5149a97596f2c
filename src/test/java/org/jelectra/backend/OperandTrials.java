package org.jelectra.backend;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.check.TrialOperand;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Every operation of {@link Backend}, at sizes that several threads share unevenly, on tensors of a {@link Workbench}. */
final class OperandTrials {

    private static final Sizes SIZES = new Sizes(new AttentionShape(3, 33, 3, 43), 100, 257, 47, 101, 150_001);

    private static final Sizes LONG_SIZES = new Sizes(new AttentionShape(67, 301, 1, 7), 11, 257, 47, 7, 150_001);

    /** Most numbers of an operand beside the arrays: a clock, a normalizer, a loss, counts. */
    private static final int FEW = 4;

    private OperandTrials() {}

    /** Those whose arrays are all of one size, which threads share in pieces of thousands of numbers. */
    private static Map<String, Trial> elementwise() {
        return Catalog.withVariants(LONG_SIZES).stream()
                .filter(trial -> trial.shapes().stream()
                                .mapToLong(Shape::size)
                                .filter(size -> size > FEW)
                                .distinct()
                                .count()
                        == 1)
                .collect(Collectors.toMap(Trial::name, trial -> trial));
    }

    /** All but chains, which are made of the others. */
    static Stream<Trial> all() {
        Map<String, Trial> elementwise = elementwise();
        return Catalog.withVariants(SIZES).stream()
                .filter(trial -> !trial.name().startsWith("chain "))
                .map(trial -> elementwise.getOrDefault(trial.name(), trial));
    }

    /** The operations that can be given shapes that do not fit together. */
    static Stream<Trial> withRelatedShapes() {
        return all().filter(trial -> trial.operands().stream()
                .anyMatch(operand -> !wrongShapes(operand).isEmpty()));
    }

    /** The operand with one dimension larger, for every dimension that must agree with something. */
    static List<TrialOperand> wrongShapes(TrialOperand operand) {
        return IntStream.range(0, operand.shape().rank())
                .filter(dimension -> !operand.free().contains(dimension))
                .mapToObj(dimension -> {
                    int[] larger = operand.shape().toArray();
                    larger[dimension]++;
                    return with(operand, operand.kind(), Shape.of(larger));
                })
                .toList();
    }

    /** The operand with integers instead of numbers, or the other way round. */
    static TrialOperand wrongType(TrialOperand operand) {
        boolean integers = operand.kind() == TrialOperand.Kind.INTEGERS || operand.kind() == TrialOperand.Kind.MASK;
        return with(operand, integers ? TrialOperand.Kind.NUMBERS : TrialOperand.Kind.INTEGERS, operand.shape());
    }

    private static TrialOperand with(TrialOperand operand, TrialOperand.Kind kind, Shape shape) {
        return new TrialOperand(
                operand.name(), kind, shape, operand.content(), operand.access(), operand.touched(), operand.free());
    }

    /** Tensors for all operands. */
    static Map<String, Tensor> place(Workbench bench, Trial trial) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        trial.operands().forEach(operand -> tensors.put(operand.name(), bench.operand(operand)));
        return tensors;
    }

    /** The same tensors but for one operand, which gets another one. */
    static Map<String, Tensor> replace(Workbench bench, Map<String, Tensor> tensors, TrialOperand operand) {
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        changed.put(operand.name(), bench.operand(operand));
        return changed;
    }

    /** Bits of everything that an operation writes. */
    static Map<String, int[]> results(Workbench bench, Trial trial, Map<String, Tensor> tensors) {
        Map<String, int[]> results = new LinkedHashMap<>();
        trial.operands().stream()
                .filter(TrialOperand::isResult)
                .forEach(operand -> results.put(operand.name(), bench.bits(tensors.get(operand.name()))));
        return results;
    }
}
