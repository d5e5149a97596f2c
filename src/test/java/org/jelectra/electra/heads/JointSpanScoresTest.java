package org.jelectra.electra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What the joint head says without being given a start, against {@link JointSpanReference}. */
class JointSpanScoresTest {

    private static final int WIDTH = 8;
    private static final int LENGTH = 32;
    private static final int[] FIRST = {4, 3, 5};
    private static final int[] LAST = {30, 9, 4}; // more starts than are followed, fewer, none
    private static final EncoderConfig CONFIG =
            new EncoderConfig(20, 8, WIDTH, 2, 2, 16, 64, 2, 0.1f, 0.1f, 1e-12f, 0.5f);

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    @Test
    void followsTheBestStarts() {
        try (Backend backend = backend()) {
            EncoderWithHead<JointSpanHead> model = new EncoderWithHead<>(backend, CONFIG, JointSpanHead::new, 3);
            TokenInputs inputs = new TokenInputs(backend, FIRST.length, LENGTH);
            upload(inputs);
            float[] hidden = hidden(model, inputs);
            Tape tape = new Tape(backend, inputs.clock());
            Tensor scores =
                    tape.keep(JointSpanScores.record(model, tape, inputs).value());
            Program program = tape.compile();
            for (int run = 0; run < 2; run++) {
                program.forward();
                JointSpanReference reference =
                        new JointSpanReference(backend, model.parameters(), hidden, WIDTH, FIRST, LAST);
                check(read(backend, scores), reference, backend.valueType() == DType.FLOAT32 ? 1e-5 : 3e-2);
            }
        }
    }

    private static void check(float[] scores, JointSpanReference reference, double tolerance) {
        for (int sequence = 0; sequence < FIRST.length; sequence++) {
            int context = LAST[sequence] - FIRST[sequence] + 1;
            int[] followed = new int[Math.min(JointSpanScores.BEAM, context)];
            Arrays.fill(followed, -1);
            for (int t = 0; t < LENGTH; t++) {
                int row = (sequence * LENGTH + t) * JointSpanScores.COLUMNS;
                assertThat((double) scores[row + JointSpanScores.START])
                        .isCloseTo(reference.start(sequence, t), within(tolerance));
                int rank = (int) scores[row + JointSpanScores.RANK];
                if (t > 0 && rank >= 0) {
                    assertThat(t).isBetween(FIRST[sequence], LAST[sequence]);
                    assertThat(followed[rank]).as("one token has each rank").isEqualTo(-1);
                    followed[rank] = t;
                }
            }
            double[] best = starts(reference, sequence);
            for (int k = 0; k < followed.length; k++) {
                assertThat(reference.start(sequence, followed[k])).isCloseTo(best[k], within(tolerance));
                for (int t = 0; t < LENGTH; t++) {
                    int row = (sequence * LENGTH + t) * JointSpanScores.COLUMNS;
                    assertThat((double) scores[row + JointSpanScores.ENDS + k])
                            .isCloseTo(reference.end(sequence, followed[k], t), within(tolerance));
                }
            }
            assertThat((double) scores[sequence * LENGTH * JointSpanScores.COLUMNS + JointSpanScores.RANK])
                    .isCloseTo(reference.unanswerable(sequence), within(tolerance));
        }
    }

    /** Start logits of the context, the largest first. */
    private static double[] starts(JointSpanReference reference, int sequence) {
        double[] negative = new double[LAST[sequence] - FIRST[sequence] + 1];
        Arrays.setAll(negative, i -> -reference.start(sequence, FIRST[sequence] + i));
        Arrays.sort(negative);
        return Arrays.stream(negative).map(value -> -value).toArray();
    }

    private static void upload(TokenInputs inputs) {
        int[] ids = new int[FIRST.length * LENGTH];
        int[] mask = new int[ids.length];
        int[] types = new int[ids.length];
        for (int sequence = 0; sequence < FIRST.length; sequence++) {
            int from = sequence * LENGTH;
            int end = from + LAST[sequence] + 2;
            Arrays.fill(mask, from, end, 1);
            Arrays.fill(types, from + FIRST[sequence], end, 1);
            for (int i = from; i < end; i++) {
                ids[i] = 1 + (i * i + 3 * sequence) % 19;
            }
        }
        inputs.upload(ids, mask, types);
    }

    private static float[] hidden(EncoderWithHead<JointSpanHead> model, TokenInputs inputs) {
        Tape tape = new Tape(model.backend(), inputs.clock());
        Variable states = model.encode(tape, inputs.encoder(), false);
        tape.keep(states.value());
        tape.compile().forward();
        return read(model.backend(), states.value());
    }

    private static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }
}
