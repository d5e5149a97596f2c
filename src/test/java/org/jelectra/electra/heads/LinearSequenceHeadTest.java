package org.jelectra.electra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The linear head: logits W h + b of each first token, and their gradients under a cross-entropy, computed here in double. */
class LinearSequenceHeadTest {

    private static final int BATCH = 3;
    private static final int LENGTH = 5;
    private static final int WIDTH = 6;
    private static final int CLASSES = 4;
    private static final int[] LABELS = {2, 0, 3};

    private static EncoderConfig config(int width, float dropout) {
        return new EncoderConfig(9, width, width, 1, 1, width, LENGTH, 2, dropout, 0, 1e-12f, 0.02f);
    }

    private static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    @Test
    void agrees() {
        try (Backend backend = CpuBackend.create(1)) {
            ParameterArena arena = new ParameterArena();
            Parameter states = arena.add("states", Initializer.truncatedNormal(1.3), BATCH * LENGTH, WIDTH);
            ClassificationHead head = SequenceHead.LINEAR.withOutputs(CLASSES).create(arena, config(WIDTH, 0));
            arena.allocate(backend, 5);
            Parameter weight = arena.parameter("classifier.weight");
            Parameter bias = arena.parameter("classifier.bias");
            assertThat(arena.parameters())
                    .extracting(Parameter::name)
                    .containsExactly("states", "classifier.weight", "classifier.bias");
            backend.upload(new float[] {0.3f, -0.2f, 0.7f, 0.1f}, 0, bias.value());
            Tape tape = new Tape(backend, null);
            Tensor firstTokens = new TokenInputs(backend, BATCH, LENGTH).firstTokens();
            Variable logits = head.logits(tape, tape.parameter(states), firstTokens, true);
            Tensor ones = HeadTensors.floats(backend, 1, 1, 1);
            Tensor correct = tape.tensor("correct", DType.FLOAT32, BATCH);
            Tensor loss = tape.losses()
                    .crossEntropy(
                            logits,
                            HeadTensors.integers(backend, LABELS),
                            ones,
                            HeadTensors.floats(backend, BATCH),
                            correct,
                            1,
                            null);
            tape.backward();
            Program program = tape.compile();
            backend.fill(arena.gradients(), 0).run();
            program.forward();
            program.backward();

            float[] h = read(backend, states.value());
            float[] w = read(backend, weight.value());
            float[] b = read(backend, bias.value());
            double expected = 0;
            double[] ofWeight = new double[CLASSES * WIDTH];
            double[] ofBias = new double[CLASSES];
            double[] ofStates = new double[BATCH * LENGTH * WIDTH];
            for (int row = 0; row < BATCH; row++) {
                int first = row * LENGTH * WIDTH;
                double[] exponentials = new double[CLASSES];
                for (int c = 0; c < CLASSES; c++) {
                    double logit = b[c];
                    for (int i = 0; i < WIDTH; i++) {
                        logit += w[c * WIDTH + i] * (double) h[first + i];
                    }
                    exponentials[c] = Math.exp(logit);
                }
                double sum = Arrays.stream(exponentials).sum();
                expected -= Math.log(exponentials[LABELS[row]] / sum) / BATCH;
                for (int c = 0; c < CLASSES; c++) {
                    double ofLogit = (exponentials[c] / sum - (c == LABELS[row] ? 1 : 0)) / BATCH;
                    ofBias[c] += ofLogit;
                    for (int i = 0; i < WIDTH; i++) {
                        ofWeight[c * WIDTH + i] += ofLogit * h[first + i];
                        ofStates[first + i] += ofLogit * w[c * WIDTH + i];
                    }
                }
            }
            assertThat((double) read(backend, loss)[0]).isCloseTo(expected, within(1e-5));
            close(read(backend, weight.gradient()), ofWeight);
            close(read(backend, bias.gradient()), ofBias);
            close(read(backend, states.gradient()), ofStates);
        }
    }

    private static void close(float[] actual, double[] expected) {
        double[] values = new double[actual.length];
        Arrays.setAll(values, i -> actual[i]);
        assertThat(values).containsExactly(expected, within(1e-6));
        assertThat(Arrays.stream(expected).map(Math::abs).max().orElseThrow()).isGreaterThan(0.01);
    }

    /** By Glorot and Bengio: of deviation sqrt(2 / (inputs + outputs)), none beyond sqrt(3) times it. */
    @Test
    void beginsUniform() {
        try (Backend backend = CpuBackend.create(1)) {
            ParameterArena arena = new ParameterArena();
            SequenceHead.LINEAR.withOutputs(2).create(arena, config(256, 0));
            arena.allocate(backend, 5);
            float[] weights = read(backend, arena.parameter("classifier.weight").value());
            double squares = 0;
            for (float weight : weights) {
                assertThat(Math.abs((double) weight)).isLessThanOrEqualTo(Math.sqrt(6.0 / 258));
                squares += (double) weight * weight;
            }
            assertThat(Math.sqrt(squares / weights.length)).isCloseTo(Math.sqrt(2.0 / 258), within(0.006));
            assertThat(read(backend, arena.parameter("classifier.bias").value()))
                    .containsOnly(0);
        }
    }

    /** The model's dropout is before the layer, in training alone. */
    @Test
    void dropsStatesInTraining() {
        try (Backend backend = CpuBackend.create(1)) {
            ParameterArena arena = new ParameterArena();
            Parameter states = arena.add("states", Initializer.ONES, BATCH * LENGTH, WIDTH);
            ClassificationHead head = SequenceHead.LINEAR.withOutputs(CLASSES).create(arena, config(WIDTH, 0.5f));
            arena.allocate(backend, 5);
            TokenInputs inputs = new TokenInputs(backend, BATCH, LENGTH);
            inputs.setClock(1, 1, 0);
            inputs.upload();
            List<float[]> logits = List.of(true, false).stream()
                    .map(training -> {
                        Tape tape = new Tape(backend, inputs.clock());
                        Variable value = head.logits(tape, tape.parameter(states), inputs.firstTokens(), training);
                        tape.keep(value.value());
                        tape.compile().forward();
                        return read(backend, value.value());
                    })
                    .toList();
            // all states are equal, so that rows differ by what was dropped alone
            assertThat(rows(logits.get(1))).hasSize(1);
            assertThat(rows(logits.get(0))).hasSizeGreaterThan(1);
        }
    }

    private static List<String> rows(float[] logits) {
        return IntStream.range(0, BATCH)
                .mapToObj(row -> Arrays.toString(Arrays.copyOfRange(logits, row * CLASSES, (row + 1) * CLASSES)))
                .distinct()
                .toList();
    }
}
