package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.ElectraModel;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On the CUDA backend, whose logits have columns behind those of the words. */
class NonFiniteFinderTest {

    private static final int WORDS = SmallRun.VOCABULARY;

    private final Backend backend = SimulatedBackends.open(DType.FLOAT32);
    private final int width = backend.logitsWidth(WORDS);
    private final ElectraModel model =
            new ElectraModel(backend, SmallRun.settings(1).model(), 7);
    private final Tape tape = new Tape(backend, null);

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor tensor(String name, int rows, int columns) {
        return Tensor.of(name, Shape.of(rows, columns), backend.allocate(DType.FLOAT32, (long) rows * columns), 0);
    }

    private Variable parameter(String name, int rows, int columns) {
        return tape.parameter(new Parameter(name, tensor(name, rows, columns), tensor("d" + name, rows, columns)));
    }

    private void put(Tensor tensor, int element, float value) {
        backend.upload(new float[] {value}, 0, tensor.view("one", element, Shape.of(1)));
    }

    /** Of what the program has left in them. */
    private boolean passes(Program program, Tensor tensor) {
        return new NonFiniteFinder(model, program::columns).inspect("test", List.of(tensor));
    }

    @Test
    void onlyLogitsMayBeMinusInfinityBehindTheWords() {
        assertThat(width).isGreaterThan(WORDS);
        Variable x = tape.constant(tensor("x", 2, 3));
        Tensor logits =
                tape.keep(tape.logits(x, parameter("words", WORDS, 3), null).value());
        Tensor hidden =
                tape.keep(tape.linear(x, parameter("weight", width, 3), null).value());
        assertThat(hidden.shape()).isEqualTo(logits.shape());
        Program program = tape.compile();
        program.forward();

        assertThat(SmallRun.read(backend, logits)[WORDS]).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(passes(program, logits)).isTrue();
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            put(logits, WORDS, bad);
            assertThat(passes(program, logits)).as("%s behind the words", bad).isFalse();
        }
        put(logits, WORDS, Float.NEGATIVE_INFINITY);
        put(logits, width + WORDS - 1, Float.NEGATIVE_INFINITY);
        assertThat(passes(program, logits)).as("a word's logit").isFalse();

        assertThat(passes(program, hidden)).isTrue();
        put(hidden, width + WORDS, Float.NEGATIVE_INFINITY);
        assertThat(passes(program, hidden)).as("an element of no logits").isFalse();
    }

    /** Of logits that others read the gradient begins as a copy. */
    @Test
    void copiesOfLogitsAreLogitsToo() {
        Variable x = tape.constant(tensor("x", 2, 3));
        Variable logits = tape.logits(x, parameter("words", WORDS, 3), null);
        Tensor labels = Tensor.of("labels", Shape.of(2), backend.allocate(DType.INT32, 2), 0);
        Tensor ones = tensor("ones", 1, 2);
        backend.upload(new float[] {1, 1}, 0, ones);
        Tensor weights = ones.view("weights", 0, Shape.of(2));
        Tensor normalizer = ones.view("normalizer", 0, Shape.of(1));
        for (int loss = 0; loss < 2; loss++) {
            Tensor correct = tape.tensor("correct", DType.FLOAT32, 2);
            tape.losses().crossEntropy(logits, labels, weights, normalizer, correct, 1, null);
        }
        tape.backward();
        Program program = tape.compile();

        NonFiniteFinder finder = new NonFiniteFinder(model, program::columns);
        assertThat(program.forward(finder)).as("forward: %s", finder.found()).isTrue();
        assertThat(program.backward(finder)).as("backward: %s", finder.found()).isTrue();
    }
}
