package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.TestTensors.ints;
import static org.jelectra.backend.TestTensors.matrix;

import java.util.Arrays;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/** A layer that reads logits as a constant: its weight's gradient needs them, and a device computes it late. */
class StoppedGradientTest {

    private static Parameter parameter(Backend backend, String name, int rows, float... values) {
        return new Parameter(
                name, matrix(backend, name, rows, values), matrix(backend, "d" + name, rows, new float[values.length]));
    }

    private static void crossEntropy(Tape tape, Backend backend, Variable logits) {
        tape.losses()
                .crossEntropy(
                        logits,
                        ints(backend, 1, 0),
                        matrix(backend, "weights", 2, 1, 1),
                        matrix(backend, "count", 1, 2),
                        tape.tensor("correct", DType.FLOAT32, 2),
                        1,
                        null);
    }

    /** Gradients of both weights. */
    private static float[] gradients(Backend backend, boolean lossFirst) {
        Parameter first = parameter(backend, "first", 2, 0.5f, -1, 0.25f, 0.75f);
        Parameter second = parameter(backend, "second", 1, 1, 2);
        Tape tape = new Tape(backend, null);
        Variable logits = tape.linear(tape.constant(matrix(backend, "x", 2, 1, 2, 3, -1)), tape.parameter(first), null);
        if (lossFirst) {
            crossEntropy(tape, backend, logits);
        }
        Variable y = tape.linear(tape.constant(logits.value()), tape.parameter(second), null);
        tape.losses().sum(y, 1);
        if (!lossFirst) {
            crossEntropy(tape, backend, logits);
        }
        tape.backward();
        Program program = tape.compile();
        program.forward();
        program.backward();
        float[] gradients = new float[6];
        backend.download(first.gradient(), gradients, 0);
        backend.download(second.gradient(), gradients, 4);
        return gradients;
    }

    @Test
    void theLogitsAreThereForTheLayersGradient() {
        try (Backend cpu = CpuBackend.create(1);
                Backend cuda = SimulatedBackends.open(DType.FLOAT32)) {
            for (boolean lossFirst : new boolean[] {true, false}) {
                float[] expected = gradients(cpu, lossFirst);
                // logits [-1.5, 1.75] and [2.5, 0], whose columns the layer's gradient adds
                assertThat(Arrays.copyOfRange(expected, 4, 6)).containsExactly(1, 1.75f);
                assertThat(gradients(cuda, lossFirst)).containsExactly(expected, within(1e-5f));
            }
        }
    }
}
