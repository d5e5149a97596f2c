package org.jelectra.electra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.ParameterArena;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loss and every gradient of the joint head against {@link JointSpanReference}: odd sizes, padding, rows that do not count. */
class JointSpanHeadTest {

    private static final int WIDTH = 6;
    private static final int LAYER = 5;

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    @ParameterizedTest
    @CsvSource({"1, 7, 1", "3, 9, 3", "4, 16, 3", "5, 33, 4"})
    void agrees(int batch, int length, int counted) {
        try (Backend backend = backend()) {
            // values of half the precision come from outside: parameters have the full one
            boolean exact = backend.valueType() == DType.FLOAT32;
            ParameterArena arena = new ParameterArena();
            Initializer normal = Initializer.truncatedNormal(1.3);
            Parameter states =
                    exact ? arena.add(JointSpanReference.HIDDEN_STATES, normal, batch * length, WIDTH) : null;
            JointSpanHead head = new JointSpanHead(arena, WIDTH, LAYER);
            arena.allocate(backend, 5);
            biases(backend, arena);
            Tape tape = new Tape(backend, null);
            Variable hidden = exact ? tape.parameter(states) : tape.constant(given(backend, batch * length));
            Batch rows = new Batch(batch, length);
            TokenInputs inputs = new TokenInputs(backend, batch, length);
            inputs.upload(new int[batch * length], rows.mask, rows.types);
            Tensor loss = record(backend, tape, head, hidden, inputs, rows, counted);
            Program program = tape.compile();
            backend.fill(arena.gradients(), 0).run();
            program.forward();
            program.backward();

            JointSpanReference reference =
                    new JointSpanReference(backend, arena, read(backend, hidden.value()), WIDTH, rows.first, rows.last);
            DoubleSupplier expected = () -> reference.loss(counted, rows.starts, rows.ends);
            assertThat((double) read(backend, loss)[0])
                    .isCloseTo(expected.getAsDouble(), within((exact ? 1e-6 : 1e-2) * expected.getAsDouble()));
            for (Parameter parameter : arena.parameters()) {
                double[] gradient = reference.gradient(parameter.name(), expected);
                double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
                // a shift of all logits under a softmax changes nothing
                boolean nothing = parameter.name().matches("qa_start.bias|qa_end.output.bias");
                assertThat(largest < 1e-6).as(parameter.name()).isEqualTo(nothing);
                float[] got = read(backend, parameter.gradient());
                for (int i = 0; i < gradient.length; i++) {
                    assertThat((double) got[i])
                            .as(parameter.name() + " " + i)
                            .isCloseTo(gradient[i], within(exact ? 1e-5 * largest + 1e-6 : 2e-2 * largest + 3e-3));
                }
                if (parameter.name().equals(JointSpanReference.HIDDEN_STATES)) {
                    onlyWhatCounts(got, rows, counted);
                }
            }
        }
    }

    /** The question, the last [SEP], padding and rows beyond the batch's examples have no influence: exactly none. */
    private static void onlyWhatCounts(float[] gradient, Batch rows, int counted) {
        for (int i = 0; i < gradient.length; i++) {
            int sequence = i / WIDTH / rows.length;
            int position = i / WIDTH % rows.length;
            boolean context = position >= rows.first[sequence] && position <= rows.last[sequence];
            boolean none = sequence >= counted || position > 0 && !context;
            assertThat(gradient[i] == 0)
                    .as("position %d of sequence %d", position, sequence)
                    .isEqualTo(none);
        }
    }

    /** Sequences of different lengths: [CLS], a question of one or two tokens, [SEP], context, [SEP], padding. */
    private static final class Batch {
        final int length;
        final int[] mask;
        final int[] types;
        final int[] first;
        final int[] last;
        final int[] starts;
        final int[] ends;

        Batch(int batch, int length) {
            this.length = length;
            mask = new int[batch * length];
            types = new int[batch * length];
            first = new int[batch];
            last = new int[batch];
            starts = new int[batch];
            ends = new int[batch];
            for (int b = 0; b < batch; b++) {
                first[b] = 3 + b % 2;
                last[b] = Math.max(first[b], length - 2 - 2 * b);
                Arrays.fill(mask, b * length, b * length + last[b] + 2, 1);
                Arrays.fill(types, b * length + first[b], b * length + last[b] + 2, 1);
                if (b % 3 != 1) {
                    starts[b] = first[b] + (last[b] - first[b]) / 2;
                    ends[b] = last[b];
                }
            }
        }
    }

    private static Tensor record(
            Backend backend,
            Tape tape,
            JointSpanHead head,
            Variable hidden,
            TokenInputs inputs,
            Batch rows,
            int counted) {
        int batch = inputs.batch();
        AnswerPositions positions = new AnswerPositions(backend, inputs);
        positions.record(tape);
        int[] startRows = new int[batch];
        int[] none = new int[batch];
        int[] counts = new int[batch];
        float[] weights = new float[batch];
        for (int b = 0; b < batch; b++) {
            startRows[b] = b * inputs.length() + rows.starts[b];
            none[b] = rows.starts[b] == 0 ? 1 : 0;
            counts[b] = b < counted ? 1 : 0;
            weights[b] = counts[b];
        }
        Tensor normalizer = HeadTensors.floats(backend, 2);
        Tensor shares = HeadTensors.floats(backend, weights);
        Variable starts = head.starts(tape, hidden);
        Variable ends = head.ends(
                tape, hidden, head.endFeatures(tape, hidden), HeadTensors.integers(backend, startRows), positions);
        Variable unanswerable = head.unanswerable(tape, hidden, starts, inputs, positions);
        Tensor allowed = positions.allowed();
        Tensor sum = tape.keep(tape.tensor("sum", DType.FLOAT32, 1));
        Tensor start = tape.losses()
                .spanCrossEntropy(starts, allowed, HeadTensors.integers(backend, rows.starts), shares, normalizer, 1);
        Tensor end = tape.losses()
                .spanCrossEntropy(ends, allowed, HeadTensors.integers(backend, rows.ends), shares, normalizer, 1);
        Tensor bce = tape.losses()
                .sigmoidCrossEntropy(
                        unanswerable,
                        HeadTensors.integers(backend, none),
                        HeadTensors.integers(backend, counts),
                        normalizer,
                        tape.tensor("counts", DType.FLOAT32, 4),
                        1);
        tape.record("sum", List.of(start, end, bce, sum), () -> () -> {
            float total = read(backend, start)[0] + read(backend, end)[0] + read(backend, bce)[0];
            backend.upload(new float[] {total}, 0, sum);
        });
        tape.backward();
        return sum;
    }

    private static Tensor given(Backend backend, int rows) {
        float[] values = new float[rows * WIDTH];
        Initializer.truncatedNormal(1.3).initialize(values, Shape.of(rows, WIDTH), new RandomSource(5, 0, 0, 0));
        Tensor tensor = Tensor.of(
                "hidden", Shape.of(rows, WIDTH), backend.allocate(backend.valueType(), (long) rows * WIDTH), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    /** Biases begin as 0, which would hide what they do. */
    private static void biases(Backend backend, ParameterArena arena) {
        for (Parameter parameter : arena.parameters()) {
            if (parameter.name().endsWith("bias")) {
                float[] values = new float[(int) parameter.value().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = 0.3f - 0.2f * i;
                }
                backend.upload(values, 0, parameter.value());
            }
        }
    }

    private static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }
}
