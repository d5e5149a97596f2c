package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a tape says to those who use it wrongly. */
class TapeMisuseTest {

    private final Backend backend = CpuBackend.create(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor tensor(String name, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        return Tensor.of(name, shape, backend.allocate(DType.FLOAT32, shape.size()), 0);
    }

    private Parameter parameter(String name, int... dimensions) {
        return new Parameter(name, tensor(name, dimensions), tensor("d" + name, dimensions));
    }

    private void squaredError(Tape tape, Variable x) {
        tape.losses().squaredError(x, tensor("targets", 2), tensor("weights", 2), tensor("count", 1), 1);
    }

    @Test
    void aWrongShapeNamesTheLineThatRecordedIt() {
        Tape tape = new Tape(backend, null);
        tape.linear(tape.constant(tensor("x", 2, 3)), tape.parameter(parameter("weight", 1, 4)), null);
        assertThatThrownBy(tape::compile)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("linear: x must be [2, 4], got x[2, 3]")
                .satisfies(error -> assertThat(error.getSuppressed()[0])
                        .hasStackTraceContaining("TapeMisuseTest.aWrongShapeNamesTheLineThatRecordedIt"));
    }

    /** The step that computes the gradient with the loss is recorded later, in the place of the loss alone. */
    @Test
    void soDoesTheWrongShapeOfALoss() {
        Tape tape = new Tape(backend, null);
        Variable y = tape.linear(tape.constant(tensor("x", 3, 3)), tape.parameter(parameter("weight", 1, 3)), null);
        squaredError(tape, y);
        tape.backward();
        assertThatThrownBy(tape::compile)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("squared error: targets must be 3 elements, got targets[2]")
                .satisfies(error -> assertThat(error.getSuppressed()[0])
                        .hasStackTraceContaining("TapeMisuseTest.soDoesTheWrongShapeOfALoss"));
    }

    @Test
    void parametersAreAllocatedFirst() {
        ParameterArena arena = new ParameterArena();
        Parameter weight = arena.add("weight", Initializer.ZEROS, 1, 3);
        Tape tape = new Tape(backend, null);
        Variable x = tape.constant(tensor("x", 2, 3));
        assertThatThrownBy(() -> tape.linear(x, tape.parameter(weight), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("linear: weight[1, 3] has no memory, and this tape has not made it");
        List<ThrowingCallable> uses = List.of(arena::values, arena::parameters, () -> arena.parameter("weight"));
        assertThat(uses)
                .allSatisfy(use -> assertThatThrownBy(use)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the parameters have no memory yet: allocate() gives it to them"));
        arena.allocate(backend, 1);
        assertThat(arena.values().size()).isEqualTo(3);
        assertThatThrownBy(() -> arena.allocate(backend, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the parameters have been allocated before");
    }

    @Test
    void untrainedParametersHaveNoBackwardPass() {
        ParameterArena arena = new ParameterArena();
        Parameter weight = arena.add("weight", Initializer.ZEROS, 1, 3);
        arena.allocateUntrained(backend);
        Tape tape = new Tape(backend, null);
        squaredError(tape, tape.linear(tape.constant(tensor("x", 2, 3)), tape.parameter(weight), null));
        assertThatThrownBy(tape::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "linearBackwardWeight: dweight[1, 3] has no memory: freeze such parameters on the tape, or give"
                                + " their gradients memory");
    }

    @Test
    void aValueOfAnotherTape() {
        Tape first = new Tape(backend, null);
        Variable y = first.linear(first.constant(tensor("x", 2, 3)), first.parameter(parameter("weight", 1, 3)), null);
        Tape second = new Tape(backend, null);
        assertThatThrownBy(() -> squaredError(second, y))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("squaredError: linear[2, 1] has no memory, and this tape has not made it");

        assertThatThrownBy(() -> second.keep(y.value()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("keep: linear[2, 1] has no memory, and this tape has not made it");

        first.keep(y.value());
        first.compile().forward();
        Tape third = new Tape(backend, null);
        squaredError(third, y);
        assertThatThrownBy(third::backward)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("linear[2, 1] is a value of another tape, which no gradient of this one can reach");
        Tape fourth = new Tape(backend, null);
        squaredError(fourth, fourth.constant(y.value()));
        fourth.compile().forward();
    }

    @Test
    void aProgramWithoutABackwardPass() {
        Tape tape = new Tape(backend, null);
        squaredError(
                tape, tape.linear(tape.constant(tensor("x", 2, 3)), tape.parameter(parameter("weight", 1, 3)), null));
        Program program = tape.compile();
        program.forward();
        assertThatThrownBy(program::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this program has no backward pass: Tape.backward() must come before Tape.compile()");
    }

    @Test
    void nothingIsKeptOnceMemoryIsLaidOut() {
        Tape tape = new Tape(backend, null);
        Variable y = tape.linear(tape.constant(tensor("x", 2, 3)), tape.parameter(parameter("weight", 1, 3)), null);
        tape.compile();
        assertThatThrownBy(() -> tape.keep(y.value()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "linear[2, 1] must be kept before the tape is compiled: its memory may be used again already");
    }

    @Test
    void aBackwardPassNeedsALossOfSomethingTrained() {
        String message =
                "backward() needs a loss of what a parameter has a part in, recorded before it by losses(); this"
                        + " tape has none";
        Tape none = new Tape(backend, null);
        none.linear(none.constant(tensor("x", 2, 3)), none.parameter(parameter("weight", 1, 3)), null);
        assertThatThrownBy(none::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
        Tape constants = new Tape(backend, null);
        squaredError(constants, constants.constant(tensor("x", 2, 1)));
        constants.losses().sum(constants.constant(tensor("y", 2, 1)), 1);
        assertThatThrownBy(constants::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    /** The gradient of a cross-entropy takes the place of logits that nobody keeps; what is in memory of its own is kept as ever. */
    @Test
    void logitsAreKeptBeforeTheirGradientTakesTheirPlace() {
        Tape tape = new Tape(backend, null);
        Variable x = tape.linear(tape.constant(tensor("x", 1, 3)), tape.parameter(parameter("first", 3, 3)), null);
        Variable logits = tape.linear(x, tape.parameter(parameter("second", 4, 3)), null);
        tape.losses().crossEntropy(logits, intTensor());
        tape.backward();
        assertThatThrownBy(() -> tape.keep(logits.value()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "linear[1, 4] must be kept before backward(), which has put its gradient in its place: then it"
                                + " holds its value after the forward pass, and its gradient after the backward one");
        tape.keep(x.value());
        tape.keep(x.gradient());
        Program program = tape.compile();
        program.forward();
        program.backward();
    }

    @Test
    void theBackwardPassIsRecordedOnce() {
        Tape tape = new Tape(backend, null);
        squaredError(
                tape, tape.linear(tape.constant(tensor("x", 2, 3)), tape.parameter(parameter("weight", 1, 3)), null));
        tape.backward();
        assertThatThrownBy(tape::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the backward pass must be recorded once, and before the tape is compiled");
    }

    @Test
    void sumsAreOfEqualShapes() {
        Tape tape = new Tape(backend, null);
        Variable x = tape.constant(tensor("x", 2, 6));
        Variable y = tape.constant(tensor("y", 3, 4));
        assertThatThrownBy(() -> tape.add(x, y))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("add: both values must have the same rows and width, got x[2, 6] and y[3, 4]");
    }

    @Test
    void whatScalesANormalizationHasItsWidth() {
        Tape tape = new Tape(backend, null);
        tape.layerNorm(
                tape.constant(tensor("x", 2, 3)),
                tape.parameter(parameter("gamma", 4)),
                tape.parameter(parameter("beta", 3)),
                1e-3f);
        assertThatThrownBy(tape::compile)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layer norm: gamma must be 3 elements, got gamma[4]")
                .satisfies(error -> assertThat(error.getSuppressed()[0])
                        .hasStackTraceContaining("TapeMisuseTest.whatScalesANormalizationHasItsWidth"));
    }

    @Test
    void attentionIsOverQueryKeyAndValueWithAMask() {
        Tape tape = new Tape(backend, null);
        AttentionShape shape = new AttentionShape(1, 2, 2, 3);
        Variable x = tape.constant(tensor("x", 2, 6));
        assertThatThrownBy(() -> tape.attention(x, null, shape, Dropout.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention: the key mask must be INT32 [1, 2], 1 for a token that others may look at, got"
                        + " none");
        tape.attention(x, intTensor(), shape, Dropout.NONE);
        assertThatThrownBy(tape::compile)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attention: qkv must be [2, 18], got x[2, 6]");
    }

    @Test
    void labelsOfACrossEntropyAreOnePerRow() {
        Tape tape = new Tape(backend, null);
        tape.losses().crossEntropy(tape.constant(tensor("logits", 2, 3)), intTensor());
        assertThatThrownBy(tape::compile)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("labels must be 2 elements, got rows[1]:INT32");
    }

    @Test
    void valuesOfAnotherTapeGetNoGradientHere() {
        Tape first = new Tape(backend, null);
        Variable y = first.linear(first.constant(tensor("x", 2, 3)), first.parameter(parameter("weight", 1, 3)), null);
        first.keep(y.value());
        first.compile().forward();
        Tape second = new Tape(backend, null);
        squaredError(second, second.add(y, second.constant(tensor("z", 2, 1))));
        assertThatThrownBy(second::backward)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("linear[2, 1] is a value of another tape, which no gradient of this one can reach");
    }

    private LinearParameters layer(Tape tape, String name, int outputs, int inputs, boolean bias) {
        return new LinearParameters(
                tape.parameter(parameter(name, outputs, inputs)),
                bias ? tape.parameter(parameter(name + "Bias", outputs)) : null);
    }

    /** Whatever reads it: a layer that leaves its contribution to a normalisation, or adds it to a gradient that the other tape has. */
    @Test
    void noOperationGivesAValueOfAnotherTapeAGradient() {
        for (boolean normalized : new boolean[] {false, true}) {
            Tape first = new Tape(backend, null);
            Variable linear =
                    first.linear(first.constant(tensor("x", 2, 3)), first.parameter(parameter("weight", 1, 3)), null);
            Variable y = normalized
                    ? first.layerNorm(
                            linear,
                            first.parameter(parameter("gamma", 1)),
                            first.parameter(parameter("beta", 1)),
                            1e-3f)
                    : linear;
            first.keep(y.value());
            squaredError(first, y);
            first.backward();
            first.compile();
            List<BiFunction<Tape, Variable, Variable>> readers = List.of(
                    (tape, x) -> tape.linear(x, tape.parameter(parameter("weight", 1, 1)), null),
                    (tape, x) ->
                            tape.feedForward(x, layer(tape, "inner", 2, 1, false), layer(tape, "outer", 1, 2, false)),
                    (tape, x) -> tape.selfAttention(
                            x,
                            null,
                            new AttentionShape(1, 2, 1, 1),
                            Dropout.NONE,
                            layer(tape, "queryKeyValue", 3, 1, true),
                            layer(tape, "output", 1, 1, true),
                            Dropout.NONE,
                            new LayerNormParameters(
                                    tape.parameter(parameter("gamma", 1)),
                                    tape.parameter(parameter("beta", 1)),
                                    1e-3f)),
                    (tape, x) -> tape.add(tape.constant(tensor("z", 2, 1)), x),
                    (tape, x) -> tape.poolPositions(tape.constant(tensor("logits", 2, 1)), x, tensor("all", 2), 2),
                    (tape, x) -> {
                        tape.gelu(x);
                        return x;
                    });
            for (BiFunction<Tape, Variable, Variable> reader : readers) {
                Tape second = new Tape(backend, null);
                squaredError(second, reader.apply(second, y));
                assertThatThrownBy(second::backward)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(y.value() + " is a value of another tape, which no gradient of this one can reach");
            }
        }
    }

    @Test
    void dropoutNeedsAClock() {
        assertThatThrownBy(() -> new Tape(backend, null).newDropout(0.1f))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dropout of 0.1 needs the clock that the tape is made with, got none");
    }

    @Test
    void aClosedBackend() {
        Tape tape = new Tape(backend, null);
        tape.gatherRows(tape.constant(tensor("x", 2, 3)), intTensor());
        Program program = tape.compile();
        Tensor numbers = tensor("numbers", 1);
        Tensor integers = intTensor();
        Tensor count = tensor("count", 1);
        List<Operation> small = List.of(
                backend.squaredError(numbers, numbers, numbers, count, count, 1, null),
                backend.spanCrossEntropy(
                        new SpanCrossEntropyOperands(numbers, integers, integers, numbers, count, count), 1, null),
                backend.replaceTokens(integers, integers, numbers, integers, integers, integers));
        backend.close();
        List<ThrowingCallable> all = new ArrayList<>(List.of(
                program::forward,
                () -> backend.allocate(DType.FLOAT32, 1),
                () -> backend.upload(new float[1], 0, numbers),
                () -> backend.upload(new int[1], 0, integers),
                () -> backend.download(numbers, new float[1], 0),
                () -> backend.download(integers, new int[1], 0)));
        small.forEach(operation -> all.add(operation::run));
        for (ThrowingCallable use : all) {
            assertThatThrownBy(use).isInstanceOf(IllegalStateException.class).hasMessage("the backend is closed");
        }
    }

    private Tensor intTensor() {
        return Tensor.of("rows", Shape.of(1), backend.allocate(DType.INT32, 1), 0);
    }
}
