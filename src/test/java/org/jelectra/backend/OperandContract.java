package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jelectra.backend.OperationCase.Operand;
import org.jelectra.backend.OperationCase.Role;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every operation does alike with its operands, over the whole {@link OperationCatalog}. */
interface OperandContract extends Contract {

    String CATALOG = "org.jelectra.backend.OperationCatalog#all";
    /** A shape, or a size where any shape of that size would do. */
    Pattern SHAPE = Pattern.compile("\\[[^\\]]*]|\\d+ elements?");

    @Test
    default void recordedWorkRepeatsOnNewData() {
        bench().trial("recorded", 5, 7, 3);
        Tensor x = bench().variable("x", bench().normal(5 * 7), 5, 7);
        Tensor weight = bench().input("weight", bench().normal(3 * 7), 3, 7);
        Tensor y = bench().output("y", 5, 3);
        Tensor sum = bench().variable("sum", bench().normal(5 * 3), 5, 3);
        Operation linear = on().linear(x, weight, null, y);
        Operation add = on().add(y, sum);
        Operation recorded = on().recorded(linear.then(add));
        int[] start = bench().bits(sum);
        for (int run = 0; run < 4; run++) {
            bench().writeBits(x, bench().bits(bench().input("x of run " + run, bench().normal(5 * 7), 5, 7)));
            bench().writeBits(sum, start);
            linear.run();
            add.run();
            int[] expected = bench().bits(sum);
            bench().writeBits(sum, start);
            recorded.run();
            bench().assertSameBits(sum, expected);
        }
    }

    @Test
    default void catalogHasEveryOperation() {
        Set<String> operations = Arrays.stream(Backend.class.getMethods())
                .filter(method ->
                        method.getReturnType() == Operation.class && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !Set.of("recorded", "chain").contains(name)) // of other operations
                .collect(Collectors.toSet());
        Set<String> tested =
                OperationCatalog.all().map(each -> each.name().split("\\W")[0]).collect(Collectors.toSet());
        assertThat(tested).isEqualTo(operations);
    }

    /** Bits of everything that an operation writes. */
    static Map<String, int[]> results(Workbench bench, OperationCase operation, Map<String, Tensor> tensors) {
        Map<String, int[]> results = new LinkedHashMap<>();
        for (Operand operand : operation.operands()) {
            if (operand.role() != Role.INPUT) {
                results.put(operand.name(), bench.bits(tensors.get(operand.name())));
            }
        }
        return results;
    }

    @ParameterizedTest
    @MethodSource(CATALOG)
    default void resultsAreWrittenAndNothingElse(OperationCase operation) {
        bench().trial(operation.name());
        Map<String, Tensor> tensors = operation.place(bench(), null);
        Map<String, int[]> before = results(bench(), operation, tensors);
        operation.prepare(on(), tensors).run();
        Map<String, int[]> after = results(bench(), operation, tensors);
        for (Operand operand : operation.operands()) {
            if (operand.role() != Role.INPUT) {
                String name = operand.name();
                assertThat(after.get(name)).as(bench().context(name)).isNotEqualTo(before.get(name));
                for (int bits : after.get(name)) {
                    assertTrue(
                            operand.dtype() == DType.INT32 ? bits >= 0 : !Float.isNaN(Float.intBitsToFloat(bits)),
                            () -> bench().context(name) + " has an element that was not written");
                }
            }
        }
        // that inputs and neighbours are unchanged is checked here
        bench().endTrial();
    }

    @ParameterizedTest
    @MethodSource(CATALOG)
    default void runningAgainOnTheSameDataGivesEqualBits(OperationCase operation) {
        bench().trial(operation.name());
        Map<String, Tensor> tensors = operation.place(bench(), null);
        Map<String, int[]> data = contents(tensors);
        Operation prepared = operation.prepare(on(), tensors);
        prepared.run();
        Map<String, int[]> first = results(bench(), operation, tensors);
        data.forEach((name, bits) -> bench().writeBits(tensors.get(name), bits));
        prepared.run();
        first.forEach((name, bits) -> bench().assertSameBits(tensors.get(name), bits));
    }

    /** Nothing of the data, masks and lengths included, may be kept from preparing or from an earlier run. */
    @ParameterizedTest
    @MethodSource(CATALOG)
    default void runningAgainOnOtherDataReadsThem(OperationCase operation) {
        bench().trial(operation.name(), "other data");
        Map<String, Tensor> fresh = operation.place(bench(), null);
        Map<String, int[]> data = contents(fresh);
        operation.prepare(on(), fresh).run();

        Map<String, Tensor> tensors = operation.place(bench(), null);
        Operation prepared = operation.prepare(on(), tensors);
        prepared.run();
        data.forEach((name, bits) -> bench().writeBits(tensors.get(name), bits));
        prepared.run();
        results(bench(), operation, fresh).forEach((name, bits) -> bench().assertSameBits(tensors.get(name), bits));
    }

    private Map<String, int[]> contents(Map<String, Tensor> tensors) {
        Map<String, int[]> contents = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> contents.put(name, bench().bits(tensor)));
        return contents;
    }

    @ParameterizedTest
    @MethodSource("org.jelectra.backend.OperationCatalog#withRelatedShapes")
    default void wrongShapesAreNamed(OperationCase operation) {
        for (Operand operand : operation.operands()) {
            operand.wrongShapes().forEach(shape -> assertNamesBothShapes(operation, operand.withShape(shape)));
        }
    }

    private void assertNamesBothShapes(OperationCase operation, Operand wrong) {
        bench().trial(operation.name(), wrong.name(), Arrays.toString(wrong.shape()));
        Map<String, Tensor> tensors = operation.place(bench(), wrong);
        // the message may blame the other side of a mismatch, so it need not name the changed tensor
        Set<String> shapes =
                tensors.values().stream().map(t -> t.shape().toString()).collect(Collectors.toSet());
        assertThatThrownBy(() -> operation.prepare(on(), tensors))
                .as(bench().context(wrong.name() + Shape.of(wrong.shape())))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> {
                    Set<String> named = SHAPE.matcher(e.getMessage())
                            .results()
                            .map(MatchResult::group)
                            .collect(Collectors.toSet());
                    assertThat(named).as(e.getMessage()).hasSizeGreaterThanOrEqualTo(2);
                    assertThat(named).as(e.getMessage()).containsAnyElementsOf(shapes);
                });
    }

    @ParameterizedTest
    @MethodSource(CATALOG)
    default void wrongElementTypesAreRefused(OperationCase operation) {
        for (Operand operand : operation.operands()) {
            Operand wrong = operand.withDtype(operand.dtype() == DType.INT32 ? DType.FLOAT32 : DType.INT32);
            bench().trial(operation.name(), wrong.name(), wrong.dtype());
            Map<String, Tensor> tensors = operation.place(bench(), wrong);
            assertThatThrownBy(() -> operation.prepare(on(), tensors))
                    .as(bench().context(wrong.name() + " of type " + wrong.dtype()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.name());
        }
    }
}
