package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.TestTensors.matrix;
import static org.jelectra.backend.TestTensors.read;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnOperationTest {

    private final Backend backend = CpuBackend.create(1);
    private final List<String> nulls = new ArrayList<>();

    @AfterEach
    void close() {
        backend.close();
    }

    /** {@code y = exp(x)}; going back it reads its result. */
    private static final DifferentiableOperation EXP = new DifferentiableOperation() {
        @Override
        public String name() {
            return "exp";
        }

        @Override
        public Operation forward(List<Tensor> inputs, Tensor y) {
            Tensor x = inputs.get(0);
            Operands.of("exp").floats("y", y, x.size());
            return () -> {
                for (int i = 0; i < x.size(); i++) {
                    set(y, i, (float) Math.exp(get(x, i)));
                }
            };
        }

        @Override
        public Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs) {
            return () -> {
                for (int i = 0; i < y.size(); i++) {
                    set(dInputs.get(0), i, get(y, i) * get(dy, i));
                }
            };
        }
    };

    /** {@code y = a b}, element by element. */
    private final DifferentiableOperation product = new DifferentiableOperation() {
        @Override
        public String name() {
            return "product";
        }

        @Override
        public Operation forward(List<Tensor> inputs, Tensor y) {
            return () -> {
                for (int i = 0; i < y.size(); i++) {
                    set(y, i, get(inputs.get(0), i) * get(inputs.get(1), i));
                }
            };
        }

        @Override
        public Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs) {
            for (int side = 0; side < 2; side++) {
                if (dInputs.get(side) == null) {
                    nulls.add(inputs.get(side).name());
                }
            }
            return () -> {
                for (int side = 0; side < 2; side++) {
                    for (int i = 0; dInputs.get(side) != null && i < y.size(); i++) {
                        set(dInputs.get(side), i, get(inputs.get(1 - side), i) * get(dy, i));
                    }
                }
            };
        }
    };

    private static float get(Tensor tensor, int i) {
        return CpuBackend.floats(tensor)[(int) tensor.offset() + i];
    }

    private static void set(Tensor tensor, int i, float value) {
        CpuBackend.floats(tensor)[(int) tensor.offset() + i] = value;
    }

    private Parameter parameter(String name, int rows, float... values) {
        return new Parameter(
                name, matrix(backend, name, rows, values), matrix(backend, "d" + name, rows, new float[values.length]));
    }

    private static Tensor result(Tape tape, int rows, int width) {
        return tape.tensor("result", DType.FLOAT32, rows, width);
    }

    private static Program run(Tape tape) {
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        return program;
    }

    /** {@code x x c}: both uses of x count, the constant gets no gradient, and a second run adds to the parameter's. */
    @Test
    void inputsGetTheirGradients() {
        Parameter x = parameter("x", 1, 2, -3);
        Tape tape = new Tape(backend, null);
        Variable variable = tape.parameter(x);
        Variable square = tape.operation(product, List.of(variable, variable), result(tape, 1, 2));
        Variable y = tape.operation(
                product, List.of(square, tape.constant(matrix(backend, "c", 1, 5, 7))), result(tape, 1, 2));
        tape.losses().sum(y, 0.5f);
        Program program = run(tape);

        assertThat(read(backend, y.value())).containsExactly(20, 63);
        assertThat(read(backend, x.gradient())).containsExactly(10, -21);
        assertThat(nulls).containsExactly("c");
        program.forward();
        program.backward();
        assertThat(read(backend, x.gradient())).containsExactly(20, -42);
    }

    /** A cross-entropy takes its logits' place, but not while the operation that computed them still reads them. */
    @Test
    void aResultIsThereForItsBackwardPass() {
        float[] start = {0.5f, -1, 0.25f, 0.75f};
        Parameter x = parameter("x", 2, start);
        Tape tape = new Tape(backend, null);
        Variable logits = tape.operation(EXP, List.of(tape.parameter(x)), result(tape, 2, 2));
        Tensor labels = Tensor.of("labels", Shape.of(2), backend.allocate(DType.INT32, 2), 0);
        backend.upload(new int[] {1, 0}, 0, labels);
        Tensor loss = tape.losses()
                .crossEntropy(
                        logits,
                        labels,
                        matrix(backend, "weights", 2, 1, 1),
                        matrix(backend, "count", 1, 2),
                        tape.tensor("correct", DType.FLOAT32, 2),
                        1,
                        null);
        Program program = run(tape);

        float[] gradient = read(backend, x.gradient());
        float h = 1e-2f;
        for (int i = 0; i < start.length; i++) {
            double difference = 0;
            for (int sign : new int[] {1, -1}) {
                float[] moved = start.clone();
                moved[i] += sign * h;
                backend.upload(moved, 0, x.value());
                program.forward();
                difference += sign * read(backend, loss)[0] / (2 * h);
            }
            assertThat((double) gradient[i]).isNotZero().isCloseTo(difference, within(1e-3));
        }
    }

    @Test
    void whatNobodyUsesHasNoBackwardPass() {
        Parameter x = parameter("x", 1, 2, -3);
        Tape tape = new Tape(backend, null);
        tape.losses().sum(tape.parameter(x), 1);
        tape.operation(EXP, List.of(tape.parameter(x)), result(tape, 1, 2));
        Tape alone = new Tape(backend, null);
        alone.losses().sum(alone.parameter(x), 1);
        assertThat(run(tape).operations()).isEqualTo(run(alone).operations() + 1);
    }

    @Test
    void whatIsMadeOfConstantsHasNoBackwardPass() {
        Tape tape = new Tape(backend, null);
        Variable y = tape.operation(EXP, List.of(tape.constant(matrix(backend, "x", 1, 0, 0))), result(tape, 1, 2));
        tape.losses().sum(y, 1);
        assertThat(y.requiresGradient()).isFalse();
        Program forward = tape.compile();
        forward.forward();
        assertThat(forward.operations()).isEqualTo(1);
        assertThat(read(backend, y.value())).containsExactly(1, 1);

        Parameter weight = parameter("weight", 1, 2, 3);
        Tape behind = new Tape(backend, null);
        Variable constant =
                behind.operation(EXP, List.of(behind.constant(matrix(backend, "x", 1, 0, 0))), result(behind, 1, 2));
        behind.losses().sum(behind.linear(constant, behind.parameter(weight), null), 1);
        run(behind);
        assertThat(read(backend, weight.gradient())).containsExactly(1, 1);
    }

    @Test
    void theResultIsANewTensorOfTheTape() {
        Tape tape = new Tape(backend, null);
        Variable x = tape.constant(matrix(backend, "x", 1, 2, -3));
        Tensor y = result(tape, 1, 2);
        tape.operation(EXP, List.of(x), y);
        for (Tensor wrong : List.of(y, x.value(), result(new Tape(backend, null), 1, 2))) {
            assertThatThrownBy(() -> tape.operation(EXP, List.of(x), wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the result of an operation needs a new tensor of the tape that it is recorded on, got "
                            + wrong);
        }
    }

    @Test
    void itsErrorsSayWhereItWasRecorded() {
        Tape tape = new Tape(backend, null);
        tape.operation(EXP, List.of(tape.constant(matrix(backend, "x", 1, 2, -3))), result(tape, 3, 1));
        assertThatThrownBy(tape::compile)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("exp: y must be 2 elements, got result[3, 1]")
                .satisfies(error -> assertThat(error.getSuppressed()[0])
                        .hasMessage("this is where exp was recorded")
                        .hasStackTraceContaining("OwnOperationTest.itsErrorsSayWhereItWasRecorded"));
    }

    /** What an operation lacks shows in whatever it throws; that it has prepared nothing shows before it is run. */
    @Test
    void otherErrorsNameItToo() {
        Parameter x = parameter("x", 1, 2, -3);
        for (boolean throwing : new boolean[] {true, false}) {
            DifferentiableOperation careless = new DifferentiableOperation() {
                @Override
                public String name() {
                    return "careless";
                }

                @Override
                public Operation forward(List<Tensor> inputs, Tensor y) {
                    return () -> {};
                }

                @Override
                public Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs) {
                    return throwing ? backend.fill(dInputs.get(1), 0) : null;
                }
            };
            Tape tape = new Tape(backend, null);
            List<Variable> inputs = List.of(tape.parameter(x), tape.constant(matrix(backend, "c", 1, 5, 7)));
            tape.losses().sum(tape.operation(careless, inputs, result(tape, 1, 2)), 1);
            tape.backward();
            assertThatThrownBy(tape::compile)
                    .isInstanceOf(NullPointerException.class)
                    .satisfies(error -> assertThat(error.getSuppressed()[0])
                            .hasMessage("this is where carelessBackward was recorded"))
                    .message()
                    .matches(message ->
                            throwing || message.equals("carelessBackward prepares null in the place of an operation"));
        }
    }
}
