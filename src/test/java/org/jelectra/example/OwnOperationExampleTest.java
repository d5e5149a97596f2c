package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.TestTensors.read;
import static org.jelectra.backend.TestTensors.vector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.autograd.DifferentiableOperation;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.jcuda.PtxCompiler;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

class OwnOperationExampleTest {

    private static final int ROWS = 5;
    private static final int WIDTH = 67;

    /** The gradient of {@code (sum_j b_j max(sum_k a_jk x_k, 0)^2 + c - 3)^2} in every a, against differences. */
    private static void check(Backend backend, DifferentiableOperation squaredRelu) {
        ParameterArena arena = new ParameterArena();
        Parameter inner = arena.add("inner", Initializer.truncatedNormal(1), WIDTH, 3);
        Parameter outer = arena.add("outer", Initializer.truncatedNormal(0.1), 1, WIDTH);
        arena.allocate(backend, 7);
        Tensor x = Tensor.of("x", Shape.of(ROWS, 3), backend.allocate(DType.FLOAT32, 3 * ROWS), 0);
        float[] inputs = new float[3 * ROWS];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = 0.3f * (i % 7) - 0.8f;
        }
        backend.upload(inputs, 0, x);

        Tape tape = new Tape(backend, null);
        Variable before = tape.linear(tape.constant(x), tape.parameter(inner), null);
        Variable hidden =
                tape.operation(squaredRelu, List.of(before), tape.tensor("hidden", DType.FLOAT32, ROWS, WIDTH));
        Variable y = tape.linear(hidden, tape.parameter(outer), null);
        Tensor loss = tape.losses()
                .squaredError(
                        y,
                        vector(backend, "targets", 3, 3, 3, 3, 3),
                        vector(backend, "weights", 1, 1, 1, 1, 1),
                        vector(backend, "count", ROWS),
                        1);
        tape.backward();
        Program program = tape.compile();
        Operation step = backend.recorded(
                Operation.sequence(backend.fill(arena.gradients(), 0), program::forward, program::backward));

        for (int run = 0; run < 3; run++) {
            step.run();
        }
        float[] gradient = read(backend, inner.gradient());
        float[] weights = read(backend, inner.value());
        float h = 1e-2f;
        for (int i = 0; i < weights.length; i += 5) {
            double difference = 0;
            for (int sign : new int[] {1, -1}) {
                float[] moved = weights.clone();
                moved[i] += sign * h;
                backend.upload(moved, 0, inner.value());
                step.run();
                difference += sign * (double) read(backend, loss)[0] / (2 * h);
            }
            assertThat((double) gradient[i]).isCloseTo(difference, within(2e-3));
        }
        assertThat(gradient).isNotEqualTo(new float[gradient.length]);
    }

    @Test
    void itsGradientIsRightOnTheProcessor() {
        try (Backend backend = CpuBackend.create(1)) {
            check(backend, new OwnOperationExample.SquaredRelu());
        }
    }

    @Test
    void itsGradientIsRightOnADevice() {
        SimulatedDriver driver = new SimulatedDriver();
        try (CudaBackend backend = CudaBackend.on(Gpu.open(driver, 0), DType.FLOAT32)) {
            check(backend, new OwnOperationExample.SquaredReluOnGpu(backend));
        }
        assertThat(driver.openAllocations()).isEmpty();
    }

    @Test
    void aTensorOfAnotherBackendIsRefused() {
        try (CudaBackend first = CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), DType.FLOAT32);
                CudaBackend second = CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), DType.FLOAT32);
                Backend cpu = CpuBackend.create(1)) {
            Tensor onFirst = vector(first, "x", 1, 2);
            Tensor onCpu = vector(cpu, "y", 1, 2);
            assertThat(first.address(onFirst)).isNotZero();
            assertThatThrownBy(() -> second.address(onFirst))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("x[2] is in the memory of another CUDA backend");
            assertThatThrownBy(() -> first.address(onCpu)).hasMessage("y[2] is not in the CUDA backend's memory");
            assertThatThrownBy(() -> CpuBackend.floats(onFirst)).hasMessage("x[2] is not in the CPU backend's memory");
            assertThat(CpuBackend.floats(onCpu)).containsExactly(1, 2);
        }
    }

    @Test
    void nvidiasCompilerTakesIt() {
        byte[] ptx = OwnOperationExample.SQUARED_RELU.getBytes(StandardCharsets.US_ASCII);
        assertThat(PtxCompiler.compile("squared_relu", ptx, "sm_90"))
                .hasSize(2)
                .allMatch(kernel -> kernel.staysOnChip());
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/OwnOperationExample.java"))
                .assertIn(Path.of("docs/engine.md"));
    }
}
