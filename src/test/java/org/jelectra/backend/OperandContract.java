package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.check.TrialOperand;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every operation does alike with its operands, whichever they are. */
interface OperandContract extends Contract {

    String OPERATIONS = "org.jelectra.backend.OperandTrials#all";
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
    default void recordedWorkMayBePartOfOther() {
        bench().trial("recorded in recorded");
        Tensor one = bench().input("x", new double[] {1, 1, 1}, 3);
        Tensor sum = bench().variable("sum", new double[3], 3);
        Operation inner = on().recorded(on().add(one, sum));
        Operation outer = on().recorded(inner.then(on().add(one, sum)));
        for (int run = 1; run <= 4; run++) {
            outer.run();
            assertThat(bench().read(sum)).containsOnly(2 * run);
        }
        for (int run = 1; run <= 3; run++) {
            inner.run();
            assertThat(bench().read(sum)).containsOnly(8 + run);
        }
    }

    @Test
    default void arraysThatAreTooShortAreRefused() {
        Tensor floats = Tensor.of("x", Shape.of(2, 3), on().allocate(DType.FLOAT32, 6), 0);
        Tensor ints = Tensor.of("ids", Shape.of(6), on().allocate(DType.INT32, 6), 0);
        on().upload(new float[] {9, 1, 2, 3, 4, 5, 6}, 1, floats);
        String expected = " takes 6 elements of the array from 2 on, which has 7";
        assertThatThrownBy(() -> on().upload(new float[7], 2, floats))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("copying x[2, 3]" + expected);
        assertThatThrownBy(() -> on().upload(new int[7], 2, ints)).hasMessage("copying ids[6]:INT32" + expected);
        assertThatThrownBy(() -> on().download(floats, new float[7], 2)).hasMessage("copying x[2, 3]" + expected);
        assertThatThrownBy(() -> on().download(ints, new int[7], 2)).hasMessage("copying ids[6]:INT32" + expected);
        assertThatThrownBy(() -> on().upload(new float[7], -1, floats)).isInstanceOf(IllegalArgumentException.class);
        float[] read = new float[7];
        on().download(floats, read, 1);
        assertThat(read).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @MethodSource(OPERATIONS)
    default void resultsAreWrittenAndNothingElse(Trial operation) {
        bench().trial(operation.name());
        Map<String, Tensor> tensors = OperandTrials.place(bench(), operation);
        Map<String, int[]> before = OperandTrials.results(bench(), operation, tensors);
        operation.prepare(on(), tensors).run();
        Map<String, int[]> after = OperandTrials.results(bench(), operation, tensors);
        after.forEach((name, result) -> {
            assertThat(result).as(bench().context(name)).isNotEqualTo(before.get(name));
            boolean integers = tensors.get(name).dtype() == DType.INT32;
            for (int bits : result) {
                assertTrue(
                        integers ? bits >= 0 : !Float.isNaN(Float.intBitsToFloat(bits)),
                        () -> bench().context(name) + " has an element that was not written");
            }
        });
        // that inputs and neighbours are unchanged is checked here
        bench().endTrial();
    }

    /**
     * On the same data an operation leaves the same bits, on other data those that one prepared for them leaves: nothing of the
     * data, masks and lengths included, may be kept from preparing or from an earlier run.
     */
    @ParameterizedTest
    @MethodSource(OPERATIONS)
    default void runningAgainReadsTheSameAndOtherData(Trial operation) {
        bench().trial(operation.name(), "again");
        Map<String, Tensor> tensors = OperandTrials.place(bench(), operation);
        Map<String, int[]> data = contents(tensors);
        Operation prepared = operation.prepare(on(), tensors);
        prepared.run();
        Map<String, int[]> first = OperandTrials.results(bench(), operation, tensors);
        data.forEach((name, bits) -> bench().writeBits(tensors.get(name), bits));
        prepared.run();
        first.forEach((name, bits) -> bench().assertSameBits(tensors.get(name), bits));

        Map<String, Tensor> fresh = OperandTrials.place(bench(), operation);
        Map<String, int[]> otherData = contents(fresh);
        operation.prepare(on(), fresh).run();
        otherData.forEach((name, bits) -> bench().writeBits(tensors.get(name), bits));
        prepared.run();
        OperandTrials.results(bench(), operation, fresh)
                .forEach((name, bits) -> bench().assertSameBits(tensors.get(name), bits));
    }

    private Map<String, int[]> contents(Map<String, Tensor> tensors) {
        Map<String, int[]> contents = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> contents.put(name, bench().bits(tensor)));
        return contents;
    }

    @ParameterizedTest
    @MethodSource("org.jelectra.backend.OperandTrials#withRelatedShapes")
    default void wrongShapesAreNamed(Trial operation) {
        bench().trial(operation.name(), "wrong shapes");
        Map<String, Tensor> right = OperandTrials.place(bench(), operation);
        for (TrialOperand operand : operation.operands()) {
            for (TrialOperand wrong : OperandTrials.wrongShapes(operand)) {
                assertNamesBothShapes(operation, wrong, OperandTrials.replace(bench(), right, wrong));
            }
        }
    }

    private void assertNamesBothShapes(Trial operation, TrialOperand wrong, Map<String, Tensor> tensors) {
        // the message may blame the other side of a mismatch, so it need not name the changed tensor
        Set<String> shapes =
                tensors.values().stream().map(t -> t.shape().toString()).collect(Collectors.toSet());
        assertThatThrownBy(() -> operation.prepare(on(), tensors))
                .as(bench().context(wrong.name() + wrong.shape()))
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
    @MethodSource(OPERATIONS)
    default void wrongElementTypesAreRefused(Trial operation) {
        bench().trial(operation.name(), "wrong types");
        Map<String, Tensor> right = OperandTrials.place(bench(), operation);
        for (TrialOperand operand : operation.operands()) {
            TrialOperand wrong = OperandTrials.wrongType(operand);
            Map<String, Tensor> tensors = OperandTrials.replace(bench(), right, wrong);
            assertThatThrownBy(() -> operation.prepare(on(), tensors))
                    .as(bench().context(wrong.name() + " of type " + wrong.kind()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.name());
        }
    }
}
