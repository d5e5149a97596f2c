package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Readback;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies to and from a device that is far behind its host. */
class TransfersTest {

    /** More than fits the page-locked memory, in pieces of many sizes. */
    private static final int[] SIZES = {300_000, 7, 700_000, 262_144, 1, 500_001};

    private Backend backend;

    @BeforeEach
    void open() {
        backend = SimulatedBackends.open(
                DType.FLOAT32, SimulatorOptions.defaults().withLateWork(true));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static float[] numbers(int size, int seed) {
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = i + 0.25f * seed;
        }
        return numbers;
    }

    private Tensor tensor(int size) {
        return Tensor.of("x", Shape.of(size), backend.allocate(DType.FLOAT32, size), 0);
    }

    @Test
    void uploadsWaitForThePlaceThatTheyUseAgain() {
        List<Tensor> tensors = new ArrayList<>();
        for (int size : SIZES) {
            tensors.add(tensor(size));
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < SIZES.length; i++) {
                backend.upload(numbers(SIZES[i], round + i), 0, tensors.get(i));
            }
        }
        for (int i = 0; i < SIZES.length; i++) {
            float[] found = new float[SIZES[i]];
            backend.download(tensors.get(i), found, 0);
            assertThat(found).isEqualTo(numbers(SIZES[i], 1 + i));
        }
    }

    /** Its page-locked memory has been given back, and may be anybody's by now. */
    @Test
    void aBackendThatIsClosedWritesNothing() {
        List<ByteBuffer> pinned = new ArrayList<>();
        SimulatedDriver simulated = new SimulatedDriver();
        GpuDriver watched = (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(simulated, arguments);
                    if (result instanceof ByteBuffer buffer) {
                        pinned.add(buffer);
                    }
                    return result;
                });
        Backend closed = CudaBackend.on(Gpu.open(watched, 0), DType.FLOAT32);
        Tensor tensor = Tensor.of("x", Shape.of(4), closed.allocate(DType.FLOAT32, 4), 0);
        closed.upload(numbers(4, 1), 0, tensor);
        closed.close();

        assertThatThrownBy(() -> closed.upload(numbers(4, 2), 0, tensor)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> closed.download(tensor, new float[4], 0)).isInstanceOf(IllegalStateException.class);

        assertThat(pinned).isNotEmpty().allSatisfy(buffer -> {
            byte[] bytes = new byte[buffer.capacity()];
            buffer.get(0, bytes);
            assertThat(bytes).containsOnly(0xA5);
        });
    }

    @Test
    void memoryOfAnotherDeviceIsRefused() {
        Tensor here = tensor(2);
        try (Backend other = SimulatedBackends.open(DType.FLOAT32)) {
            String message = "x[2] is in the memory of another CUDA backend";
            assertThatThrownBy(() -> other.upload(new float[2], 0, here))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> other.download(here, new float[2], 0)).hasMessage(message);
            assertThatThrownBy(() -> other.readback(List.of(here))).hasMessage(message);
        }
    }

    @Test
    void aReadbackHasWhatThereWasWhenItWasTaken() {
        Tensor tensor = tensor(1000);
        Readback readback = backend.readback(List.of(tensor));
        backend.upload(numbers(1000, 1), 0, tensor);
        readback.take();
        backend.upload(numbers(1000, 2), 0, tensor);
        float[] found = new float[1000];
        readback.read(tensor, found);
        assertThat(found).isEqualTo(numbers(1000, 1));
        readback.take();
        readback.read(tensor, found);
        assertThat(found).isEqualTo(numbers(1000, 2));
    }
}
