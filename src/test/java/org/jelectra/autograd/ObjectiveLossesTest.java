package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Randomness;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The losses with two inputs that learn: what each of them gets, and how long the logits stay. */
class ObjectiveLossesTest {

    private final Backend backend = CpuBackend.create(1);
    /** Logits of two rows of three words. */
    private final Parameter logits = parameter("logits", 2, 3, 0.5f, -1, 0.25f, 0.75f, 2, -0.5f);

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor tensor(String name, int rows, int width, float... values) {
        Tensor tensor = Tensor.of(name, Shape.of(rows, width), backend.allocate(DType.FLOAT32, (long) rows * width), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private Parameter parameter(String name, int rows, int width, float... values) {
        return new Parameter(
                name, tensor(name, rows, width, values), tensor("d" + name, rows, width, new float[rows * width]));
    }

    private Tensor ints(int... values) {
        Tensor tensor = Tensor.of("ints", Shape.of(values.length), backend.allocate(DType.INT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    /** The parameter's value as that of an operation, so that its place can be taken. */
    private Variable computed(Tape tape, Parameter parameter, int... rows) {
        return tape.gatherRows(tape.parameter(parameter), ints(rows));
    }

    @Test
    void gateAndLogitsLearnToCopy() {
        Parameter gate = parameter("gate", 2, 1, -0.5f, 0.25f);
        Tape tape = new Tape(backend, null);
        Tensor correct = tape.keep(tape.tensor("correct", DType.FLOAT32, 2));
        Tensor loss = tape.losses()
                .copyCrossEntropy(
                        computed(tape, logits, 0, 1),
                        computed(tape, gate, 0, 1),
                        ints(1, 0),
                        ints(1, 2),
                        ints(1, 1),
                        tensor("normalizer", 1, 1, 2),
                        correct,
                        3);
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        float[] x = read(logits.value());
        double copied = 1 / (1 + Math.exp(0.5));
        double kept = 1 / (1 + Math.exp(0.25));
        double first = copied + (1 - copied) * softmax(x, 0, 1);
        double second = kept * softmax(x, 1, 2);
        assertThat(read(loss)[0]).isCloseTo((float) (-(Math.log(first) + Math.log(second)) / 2), within(1e-6f));
        // of 3 times the loss, a half for each of the two rows
        assertThat(read(gate.gradient())[0])
                .isCloseTo((float) (-1.5 * copied * (1 - copied) * (1 - softmax(x, 0, 1)) / first), within(1e-6f));
        assertThat(read(gate.gradient())[1]).isCloseTo((float) (1.5 * (1 - kept)), within(1e-6f));
        double share = (1 - copied) * softmax(x, 0, 1) / first;
        assertThat(read(logits.gradient())[0]).isCloseTo((float) (1.5 * share * softmax(x, 0, 0)), within(1e-6f));
        assertThat(read(logits.gradient())[4]).isCloseTo((float) (1.5 * softmax(x, 1, 1)), within(1e-6f));
    }

    private static double softmax(float[] x, int row, int column) {
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            sum += Math.exp(x[3 * row + i]);
        }
        return Math.exp(x[3 * row + column]) / sum;
    }

    /** The discriminator doubts the second row's token more than its baseline says, the first row's less. */
    @Test
    void aGeneratorLearnsByTheDiscriminatorsLoss() {
        Parameter baseline = parameter("baseline", 2, 1, 0.5f, 1);
        Parameter discriminator = parameter("discriminator", 3, 1, -2, 5, -3);
        Tensor sampled = ints(0, 1);
        Tensor copy = tensor("copy", 2, 3, new float[6]);
        for (boolean read : new boolean[] {false, true}) {
            Tape tape = new Tape(backend, null);
            Variable x = computed(tape, logits, 0, 1);
            Variable decisions = computed(tape, discriminator, 0, 1, 2);
            PolicyGradient policy = tape.losses()
                    .policyGradient(
                            x,
                            ints(0, 2),
                            tensor("weights", 2, 1, 1, 1),
                            tensor("normalizer", 1, 1, 2),
                            tape.tensor("correct", DType.FLOAT32, 2),
                            null,
                            sampled);
            PolicyGradient.Losses losses =
                    policy.record(ints(0, 2), decisions.value(), computed(tape, baseline, 0, 1), 3);
            if (read) {
                tape.record("read", List.of(x.value(), copy), () -> backend.add(x.value(), copy));
            }
            tape.backward();
            Program program = tape.compile();
            program.forward();
            double[] rewards = {Math.log1p(Math.exp(-2)), Math.log1p(Math.exp(3))};
            double[] baselines = {Math.log1p(Math.exp(-0.5)), Math.log1p(Math.exp(-1))};
            float[] values = read(logits.value());
            assertThat(read(losses.reward())[0]).isCloseTo((float) ((rewards[0] + rewards[1]) / 2), within(1e-6f));
            assertThat(read(policy.maskedLmLoss())[0])
                    .isCloseTo(
                            (float) (-(Math.log(softmax(values, 0, 0)) + Math.log(softmax(values, 1, 2))) / 2),
                            within(1e-6f));
            backend.upload(new float[6], 0, logits.gradient());
            backend.upload(new float[2], 0, baseline.gradient());
            program.backward();
            float[] gradient = read(logits.gradient());
            for (int i = 0; i < 6; i++) {
                int row = i / 3;
                double expected =
                        1.5 * (rewards[row] - baselines[row]) * (softmax(values, row, i % 3) - (i == 4 * row ? 1 : 0));
                assertThat(gradient[i]).as("element %d", i).isCloseTo((float) expected, within(1e-5f));
            }
            // a reward above the baseline makes the second row's token likelier, one below it the first's less likely
            assertThat(gradient[0]).isPositive();
            assertThat(gradient[4]).isNegative();
            for (int row = 0; row < 2; row++) {
                double expected = 1.5 * (Math.exp(-baselines[row]) - Math.exp(-rewards[row]));
                assertThat(read(baseline.gradient())[row]).isCloseTo((float) expected, within(1e-6f));
            }
            assertThat(read(discriminator.gradient())).containsOnly(0);
        }
        assertThat(read(copy)).containsExactly(read(logits.value()));
    }

    private PolicyGradient policy(Tape tape, Variable x, Randomness randomness, Tensor sampled) {
        return tape.losses()
                .policyGradient(
                        x,
                        ints(0, 2),
                        tensor("weights", 2, 1, 1, 1),
                        tensor("normalizer", 1, 1, 2),
                        tape.tensor("correct", DType.FLOAT32, 2),
                        randomness,
                        sampled);
    }

    /** The gradients of the generator's logits and of its baseline. */
    private List<float[]> policyGradients(boolean ofLogits, boolean ofBaseline) {
        Parameter generator = parameter("generator", 2, 3, read(logits.value()));
        Parameter baseline = parameter("baseline", 2, 1, 0.5f, 1);
        Tape tape = new Tape(backend, null);
        tape.freeze(name -> name.equals("generator") && !ofLogits || name.equals("baseline") && !ofBaseline);
        Variable x = computed(tape, generator, 0, 1);
        PolicyGradient policy = policy(tape, x, null, ints(0, 1));
        policy.record(ints(0, 1), tensor("decisions", 2, 1, -2, -3), computed(tape, baseline, 0, 1), 3);
        if (!ofLogits) {
            tape.keep(x.value());
        }
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        if (!ofLogits) {
            assertThat(read(x.value())).containsExactly(read(logits.value()));
        }
        return List.of(read(generator.gradient()), read(baseline.gradient()));
    }

    @Test
    void generatorAndBaselineLearnAlone() {
        List<float[]> both = policyGradients(true, true);
        assertThat(both.get(0)).doesNotContain(0);
        assertThat(both.get(1)).doesNotContain(0);
        assertThat(policyGradients(true, false)).containsExactly(both.get(0), new float[2]);
        assertThat(policyGradients(false, true)).containsExactly(new float[6], both.get(1));
        assertThatThrownBy(() -> policyGradients(false, false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tokensAreDrawnFromTheLogitsThatLearn() {
        Tensor clock = ints(7, 0, 1, 0);
        Tape tape = new Tape(backend, clock);
        Tensor sampled = tape.keep(tape.tensor("sampled", DType.INT32, 2));
        Randomness randomness = new Randomness(clock, 3);
        Variable x = computed(tape, logits, 0, 1);
        PolicyGradient policy = policy(tape, x, randomness, sampled);
        policy.record(
                ints(0, 1),
                tensor("decisions", 2, 1, 1, 1),
                computed(tape, parameter("baseline", 2, 1, 0, 0), 0, 1),
                1);
        Tensor expected = Tensor.of("expected", Shape.of(2), backend.allocate(DType.INT32, 2), 0);
        backend.sampleMultinomial(logits.value(), new MultinomialDraw(1, randomness, expected))
                .run();
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        int[] drawn = new int[2];
        backend.download(sampled, drawn, 0);
        int[] wanted = new int[2];
        backend.download(expected, wanted, 0);
        assertThat(drawn).containsExactly(wanted);
        for (int row = 0; row < 2; row++) {
            assertThat(read(logits.gradient())[3 * row + drawn[row]]).isNotZero();
        }
    }
}
