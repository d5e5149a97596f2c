package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapeTest {

    private final Backend backend = CpuBackend.create(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor tensor(String name, int rows, int width, float value) {
        Tensor tensor = Tensor.of(name, Shape.of(rows, width), backend.allocate(DType.FLOAT32, (long) rows * width), 0);
        float[] values = new float[rows * width];
        Arrays.fill(values, value);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private Parameter parameter(String name, int rows, int width, float value) {
        return new Parameter(name, tensor(name, rows, width, value), tensor("d" + name, rows, width, 0));
    }

    private float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    private Tensor ints(int... values) {
        Tensor tensor = Tensor.of("ints", Shape.of(values.length), backend.allocate(DType.INT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    /** A value that is used twice receives the sum of both gradients; a parameter's gradient grows with every run. */
    @Test
    void gradientsOfSeveralUsesAdd() {
        Parameter first = parameter("first", 3, 3, 0.5f);
        Parameter second = parameter("second", 1, 3, 0.25f);
        Tape tape = new Tape(backend, null);
        Variable h = tape.linear(tape.constant(tensor("x", 2, 3, 1)), tape.parameter(first), null);
        Variable gathered = tape.gatherRows(h, ints(0, 1));
        Variable again = tape.gatherRows(h, ints(1, 0));
        Tensor counts = tape.tensor("counts", DType.FLOAT32, 4);
        Tensor normalizer = tensor("normalizer", 1, 1, 1);
        for (Variable value : new Variable[] {gathered, again}) {
            tape.losses()
                    .sigmoidCrossEntropy(
                            tape.linear(value, tape.parameter(second), null),
                            ints(1, 0),
                            ints(1, 1),
                            normalizer,
                            counts,
                            1);
        }
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();

        // logit 3 * 0.25 * 1.5 in both rows of both branches; each row is once labelled 1 and once 0
        double sigmoid = 1 / (1 + Math.exp(-1.125));
        float expected = (float) (2 * 0.25 * (2 * sigmoid - 1));
        assertThat(read(first.gradient())).containsOnly(new float[] {expected}, within(1e-6f));
        program.backward();
        assertThat(read(first.gradient())).containsOnly(new float[] {2 * expected}, within(1e-6f));
    }

    /** The gradient of a cross-entropy takes the logits' place with the loss, but where someone reads them in the backward pass. */
    @Test
    void logitsThatSomeoneReadsStay() {
        Parameter weight = parameter("weight", 4, 3, 0.5f);
        Program alone = crossEntropy(weight, (tape, logits) -> {});
        alone.forward();
        alone.backward();
        float[] gradient = read(weight.gradient());
        assertThat(gradient).containsOnly(0.25f, -0.25f);

        Parameter kept = parameter("kept", 4, 3, 0.5f);
        Tensor[] readable = new Tensor[1];
        Program keeping = crossEntropy(kept, (tape, logits) -> readable[0] = tape.keep(logits));
        keeping.forward();
        assertThat(read(readable[0])).containsOnly(1.5f);
        keeping.backward();
        assertThat(read(kept.gradient())).containsExactly(gradient);
        assertThat(keeping.operations()).isEqualTo(alone.operations() + 1);

        Parameter readLater = parameter("readLater", 4, 3, 0.5f);
        Tensor copy = tensor("copy", 2, 4, 0);
        Program reading = crossEntropy(
                readLater,
                (tape, logits) -> tape.record("read", List.of(logits, copy), () -> backend.add(logits, copy)));
        reading.forward();
        reading.backward();
        assertThat(read(copy)).containsOnly(1.5f);
        assertThat(read(readLater.gradient())).containsExactly(gradient);
    }

    private Program crossEntropy(Parameter weight, BiConsumer<Tape, Tensor> reader) {
        Tape tape = new Tape(backend, null);
        Variable logits = tape.linear(tape.constant(tensor("x", 2, 3, 1)), tape.parameter(weight), null);
        Tensor rowWeights = tensor("weights", 2, 1, 1);
        Tensor normalizer = tensor("normalizer", 1, 1, 2);
        Tensor correct = tape.tensor("correct", DType.FLOAT32, 2);
        tape.losses().crossEntropy(logits, ints(1, 3), rowWeights, normalizer, correct, 1, null);
        reader.accept(tape, logits.value());
        tape.backward();
        return tape.compile();
    }

    /** What a constant's loss is computed from has no gradient, and keeps its value. */
    @Test
    void theLossOfAConstantIsMeasuredAlone() {
        Parameter weight = parameter("weight", 4, 3, 0.5f);
        Tape tape = new Tape(backend, null);
        Variable logits = tape.linear(tape.constant(tensor("x", 2, 3, 1)), tape.parameter(weight), null);
        tape.keep(logits.value());
        Tensor loss = tape.losses()
                .crossEntropy(
                        tape.constant(logits.value()),
                        ints(1, 3),
                        tensor("weights", 2, 1, 1),
                        tensor("normalizer", 1, 1, 2),
                        tape.tensor("correct", DType.FLOAT32, 2),
                        1,
                        null);
        tape.losses().sum(tape.parameter(parameter("trained", 1, 1, 0)), 1);
        tape.backward();
        Program measuring = tape.compile();
        measuring.forward();
        measuring.backward();

        assertThat(read(loss)[0]).isCloseTo((float) Math.log(4), within(1e-6f));
        assertThat(read(logits.value())).containsOnly(1.5f);
        assertThat(read(weight.gradient())).containsOnly(0);
        // the layer and its loss; of the other loss, which is trained, a gradient and its sum
        assertThat(measuring.operations()).isEqualTo(4);
    }

    /**
     * Losses on one value, in the order of the letters: C a cross-entropy, M one of a mixture with a copy, S a squared error, L a
     * squared error behind a layer, R one on rows of it. Each is weighted by its place.
     *
     * @param leaf the value is the parameter itself, not that of a layer
     */
    private Program lossesOnOneValue(String losses, boolean leaf, Parameter parameter, List<Tensor> values) {
        Tape tape = new Tape(backend, null);
        Tensor input = tensor("x", 2, 2, 0);
        backend.upload(new float[] {1, 0.5f, -0.25f, 2}, 0, input);
        Variable logits =
                leaf ? tape.parameter(parameter) : tape.linear(tape.constant(input), tape.parameter(parameter), null);
        Parameter layer = parameter("layer", 1, 2, 0);
        backend.upload(new float[] {0.5f, -1.5f}, 0, layer.value());
        for (int i = 0; i < losses.length(); i++) {
            float weight = 1 + i;
            if (losses.charAt(i) == 'C') {
                values.add(tape.losses()
                        .crossEntropy(
                                logits,
                                ints(i % 2, 1),
                                tensor("weights", 2, 1, 1),
                                tensor("normalizer", 1, 1, 2),
                                tape.tensor("correct", DType.FLOAT32, 2),
                                weight,
                                null));
                continue;
            }
            if (losses.charAt(i) == 'M') {
                values.add(tape.losses()
                        .copyCrossEntropy(
                                logits,
                                tape.linear(logits, tape.parameter(layer), null),
                                ints(i % 2, 0),
                                ints(i % 2, 1),
                                ints(1, 1),
                                tensor("normalizer", 1, 1, 2),
                                tape.tensor("correct", DType.FLOAT32, 2),
                                weight));
                continue;
            }
            Variable x = switch (losses.charAt(i)) {
                case 'L' -> tape.linear(logits, tape.parameter(layer), null);
                case 'R' -> tape.gatherRows(logits, ints(1, 1));
                default -> logits;
            };
            int width = x.value().shape().width();
            values.add(tape.losses()
                    .squaredError(
                            x,
                            tensor("targets", 2, width, 0.5f),
                            tensor("weights", 2, width, 1),
                            tensor("normalizer", 1, 1, 1),
                            weight));
        }
        tape.backward();
        return tape.compile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "CC", "CS", "SC", "CL", "LC", "RC", "CR", "LCRCS", "M", "MC", "CM", "LMRMS"})
    void lossesOnOneValueAddTheirGradients(String losses) {
        for (boolean leaf : new boolean[] {false, true}) {
            Parameter parameter = parameter("logits", 2, 2, 0);
            float[] start = {0.5f, -1, 0.25f, 0.75f};
            backend.upload(start, 0, parameter.value());
            List<Tensor> values = new ArrayList<>();
            Program program = lossesOnOneValue(losses, leaf, parameter, values);
            program.forward();
            program.backward();
            float[] gradient = read(parameter.gradient());
            float h = 1e-2f;
            for (int i = 0; i < start.length; i++) {
                double difference = 0;
                for (int sign : new int[] {1, -1}) {
                    float[] moved = start.clone();
                    moved[i] += sign * h;
                    backend.upload(moved, 0, parameter.value());
                    program.forward();
                    for (int j = 0; j < values.size(); j++) {
                        difference += sign * (1 + j) * read(values.get(j))[0] / (2 * h);
                    }
                }
                assertThat((double) gradient[i]).isCloseTo(difference, within(2e-3));
            }
        }
    }

    /** Values whose lifetimes do not overlap share memory; a chain of ten needs that of two or three. */
    @Test
    void memoryIsShared() {
        Tape tape = new Tape(backend, null);
        Variable value = tape.constant(tensor("x", 64, 64, 1));
        Parameter weight = parameter("weight", 64, 64, 0.01f);
        for (int i = 0; i < 10; i++) {
            value = tape.linear(value, tape.parameter(weight), null);
        }
        tape.keep(value.value());
        assertThat(tape.compile().memory().bytes()).isEqualTo(2L * 64 * 64 * 4);
    }

    @Test
    void recordingEndsWithTheBackwardPass() {
        Tape tape = new Tape(backend, null);
        Variable x = tape.constant(tensor("x", 2, 3, 1));
        Parameter weight = parameter("weight", 3, 3, 1);
        tape.losses().sum(tape.linear(x, tape.parameter(weight), null), 1);
        tape.backward();
        assertThatThrownBy(() -> tape.linear(x, tape.parameter(weight), null))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tape.losses().sum(x, 1)).isInstanceOf(IllegalStateException.class);
        tape.compile();
        assertThatThrownBy(tape::compile).isInstanceOf(IllegalStateException.class);
    }

    /** Far from 0 GELU is the identity: outputs are 10 + 20 and 30 + 20, each used by a squared error to 0, in two steps. */
    @Test
    void rowsAreAddedToSeveralOthers() {
        Parameter own = parameter("own", 2, 1, 10);
        backend.upload(new float[] {10, 30}, 0, own.value());
        Parameter shared = parameter("shared", 1, 1, 20);
        Tape tape = new Tape(backend, null);
        Parameter factor = parameter("factor", 1, 1, 20);
        Variable x = tape.linear(tape.constant(tensor("ones", 2, 1, 1)), tape.parameter(factor), null);
        Variable both = tape.addRowsGelu(tape.parameter(own), tape.parameter(shared), ints(0, 0));
        Variable again = tape.addRowsGelu(x, x, ints(1, 0));
        Variable twice = tape.addRowsGelu(x, again, ints(0, 1));
        tape.keep(both.value());
        tape.keep(twice.value());
        Tensor weights = tensor("weights", 2, 1, 1);
        Tensor one = tensor("normalizer", 1, 1, 1);
        tape.losses().squaredError(both, tensor("targets", 2, 1, 0), weights, one, 1);
        tape.losses().squaredError(twice, tensor("others", 2, 1, 0), weights, one, 1);
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        assertThat(read(both.value())).containsExactly(new float[] {30, 50}, within(1e-5f));
        assertThat(read(own.gradient())).containsExactly(new float[] {60, 100}, within(1e-4f));
        assertThat(read(shared.gradient())).containsExactly(new float[] {160}, within(1e-4f));
        // both rows of the other are 3 x 20: 2 (2 60) 3
        assertThat(read(twice.value())).containsExactly(new float[] {60, 60}, within(1e-4f));
        assertThat(read(factor.gradient())).containsExactly(new float[] {720}, within(1e-3f));
    }

    /** Probabilities 1/4 and 3/4 of the two allowed positions. */
    @Test
    void theMeanOverPositions() {
        Parameter logits = parameter("logits", 3, 1, 0);
        Parameter values = parameter("values", 3, 2, 0);
        backend.upload(new float[] {0, 99, (float) Math.log(3)}, 0, logits.value());
        backend.upload(new float[] {4, 8, 5, 5, -4, 0}, 0, values.value());
        Parameter weight = parameter("weight", 1, 2, 1);
        Tape tape = new Tape(backend, null);
        Variable states = tape.parameter(values);
        Variable mean = tape.poolPositions(tape.parameter(logits), states, ints(1, 0, 1), 1);
        tape.keep(mean.value());
        Variable score = tape.linear(mean, tape.parameter(weight), null);
        tape.losses()
                .squaredError(score, tensor("target", 1, 1, 0), tensor("share", 1, 1, 1), tensor("one", 1, 1, 1), 1);
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        assertThat(read(mean.value())).containsExactly(new float[] {-2, 2}, within(1e-6f));
        // the score is the target, 0
        assertThat(read(values.gradient())).containsExactly(new float[6], within(1e-6f));
        backend.upload(new float[] {2}, 0, weight.value().view("first", 0, Shape.of(1)));
        program.forward();
        program.backward();
        // score 2 (-2) + 2 = -2, slope -4, gradient of the mean (-8, -4)
        assertThat(read(values.gradient())).containsExactly(new float[] {-2, -1, 0, 0, -6, -3}, within(1e-5f));
        // inner products -64 and 32, their mean 8: 1/4 (-72) and 3/4 24
        assertThat(read(logits.gradient())).containsExactly(new float[] {-18, 0, 18}, within(1e-4f));
    }

    @Test
    void theMeanOverPositionsNeedsOne() {
        Tape tape = new Tape(backend, null);
        Variable logits = tape.constant(tensor("logits", 4, 1, 0));
        Variable values = tape.constant(tensor("values", 4, 2, 0));
        tape.poolPositions(logits, values, ints(0, 1, 0, 0), 2);
        Program program = tape.compile();
        assertThatThrownBy(program::forward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "mean over positions: sequence 1 must have an allowed position, found none in ints[4]:INT32");
        assertThatThrownBy(() -> new Tape(backend, null).poolPositions(logits, values, ints(0, 1, 0, 0), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positions for each of 3 sequences")
                .hasMessageContaining("got logits");
    }

    /**
     * A feed-forward part, normalised, and its readers: products, the first of which the normalisation's backward pass may compute, and rows. With
     * copies of its rows in between it never does.
     *
     * @param readers P for a product, R for rows, in the order they are recorded
     */
    private List<float[]> gradientsBehindLayerNorm(String readers, boolean copied) {
        Parameter weight = parameter("weight", 4, 3, 0);
        Parameter identity = parameter("inner", 3, 4, 0);
        backend.upload(new float[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, 0, identity.value());
        Parameter gamma = parameter("gamma", 1, 4, 0);
        Parameter beta = parameter("beta", 1, 4, 0.5f);
        Parameter score = parameter("score", 1, 4, 0);
        backend.upload(new float[] {1, 2, 0, -1, 1, 3, 0, -2, 1, 2, 2, -1}, 0, weight.value());
        backend.upload(new float[] {1, -2, 3, 0.5f}, 0, gamma.value());
        backend.upload(new float[] {3, 1, -2, 1}, 0, score.value());
        Tensor input = tensor("x", 2, 3, 0);
        backend.upload(new float[] {1, 2, 3, -1, 0, 2}, 0, input);
        Parameter first = parameter("first", 4, 3, 0);
        backend.upload(
                new float[] {0.25f, 0.5f, 0, 0.5f, -0.25f, 0.75f, 0.125f, 0.25f, 0.5f, 1, 0, -0.5f}, 0, first.value());
        Tape tape = new Tape(backend, null);
        Variable x = tape.linear(tape.constant(input), tape.parameter(first), null);
        Variable normalized = tape.feedForward(
                x,
                new LinearParameters(tape.parameter(identity), tape.parameter(parameter("innerBias", 1, 3, 0))),
                new LinearParameters(tape.parameter(weight), null),
                Dropout.NONE,
                new LayerNormParameters(tape.parameter(gamma), tape.parameter(beta), 1e-3f));
        Variable read = copied ? tape.gatherRows(normalized, ints(0, 1)) : normalized;
        for (char reader : readers.toCharArray()) {
            Variable from = reader == 'R' ? tape.gatherRows(read, ints(1, 0)) : read;
            tape.losses()
                    .squaredError(
                            tape.linear(from, tape.parameter(score), null),
                            tensor("target", 2, 1, 3),
                            tensor("weights", 2, 1, 1),
                            tensor("normalizer", 1, 1, 1),
                            1);
        }
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        return Stream.of(weight, gamma, beta, score)
                .map(parameter -> read(parameter.gradient()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P", "R", "PR", "RP", "PP", "PRP", "RPR"})
    void aLayerNormAddsTheProductThatItsGradientLacks(String readers) {
        List<float[]> expected = gradientsBehindLayerNorm(readers, true);
        List<float[]> gradients = gradientsBehindLayerNorm(readers, false);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(expected.get(i)).doesNotContain(0);
            assertThat(gradients.get(i)).containsExactly(expected.get(i), within(1e-3f));
        }
    }

    @Test
    void inactiveDropoutIsNoStep() {
        Tape tape = new Tape(backend, null);
        Variable x = tape.constant(tensor("x", 2, 3, 1));
        assertThat(tape.newDropout(0)).isSameAs(Dropout.NONE);
        assertThat(tape.dropout(x, Dropout.NONE)).isSameAs(x);
        assertThat(tape.compile().operations()).isZero();
    }
}
