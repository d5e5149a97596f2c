package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A layer that reads logits as a constant: its weight's gradient needs them, and a device computes it late. */
class StoppedGradientTest {

    private static Tensor tensor(Backend backend, String name, int rows, float... values) {
        Tensor tensor = Tensor.of(
                name, Shape.of(rows, values.length / rows), backend.allocate(DType.FLOAT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private static Parameter parameter(Backend backend, String name, int rows, float... values) {
        return new Parameter(
                name, tensor(backend, name, rows, values), tensor(backend, "d" + name, rows, new float[values.length]));
    }

    private static Tensor ints(Backend backend, int... values) {
        Tensor tensor = Tensor.of("ints", Shape.of(values.length), backend.allocate(DType.INT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private static void crossEntropy(Tape tape, Backend backend, Variable logits) {
        tape.losses()
                .crossEntropy(
                        logits,
                        ints(backend, 1, 0),
                        tensor(backend, "weights", 2, 1, 1),
                        tensor(backend, "count", 1, 2),
                        tape.tensor("correct", DType.FLOAT32, 2),
                        1,
                        null);
    }

    /** Gradients of both weights. */
    private static float[] gradients(Backend backend, boolean lossFirst) {
        Parameter first = parameter(backend, "first", 2, 0.5f, -1, 0.25f, 0.75f);
        Parameter second = parameter(backend, "second", 1, 1, 2);
        Tape tape = new Tape(backend, null);
        Variable logits = tape.linear(tape.constant(tensor(backend, "x", 2, 1, 2, 3, -1)), tape.parameter(first), null);
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
