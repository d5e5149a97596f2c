package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.function.Consumer;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What the API throws where the device does not suit; GpuFailuresTest has the same through the command line. */
class CudaBackendFailuresTest {

    private static void with(SimulatorOptions options, Consumer<CudaBackend> action) {
        try (Gpu gpu = Gpu.open(new SimulatedDriver(options), 0)) {
            action.accept(CudaBackend.on(gpu, DType.BFLOAT16));
        }
    }

    private static Tensor values(CudaBackend backend, int size) {
        return Tensor.of("x", Shape.of(size), backend.allocate(DType.BFLOAT16, size), 0);
    }

    @Test
    void aDeviceThatIsTooOld() {
        SimulatorOptions old = SimulatorOptions.defaults().withDevice("old device", 75);

        assertThatThrownBy(() -> with(old, backend -> {}))
                .isInstanceOf(GpuUnavailableException.class)
                .hasMessage("the kernels need a device of compute capability 8.0 or newer, such as an A100 or RTX 3060;"
                        + " old device has 7.5");
        assertThatThrownBy(() -> CudaBackend.requireCapability(new SimulatedDriver(old).properties(0), 2))
                .hasMessageEndingWith(" old device has 7.5; of the 2 devices CUDA_VISIBLE_DEVICES chooses another one");
        with(SimulatorOptions.defaults().withDevice("just enough", 80), CudaBackend::loadKernels);
    }

    @Test
    void aDriverThatIsTooOldForThePtx() {
        SimulatorOptions old = SimulatorOptions.defaults().withDriver(11080);

        assertThatThrownBy(() -> with(old, backend -> backend.fill(values(backend, 8), 1)))
                .isInstanceOf(GpuModuleException.class)
                .hasMessageContaining("elementwise.ptx")
                .hasMessageContaining("8.0");
        with(SimulatorOptions.defaults().withDriver(12000), CudaBackend::loadKernels);
    }

    @Test
    void tooLittleMemory() {
        SimulatorOptions little = SimulatorOptions.defaults().withMemory(1 << 20);

        GpuOutOfMemoryException thrown = catchThrowableOfType(
                GpuOutOfMemoryException.class, () -> with(little, backend -> values(backend, 1 << 20)));

        assertThat(thrown.requested()).isEqualTo(2 << 20);
        assertThat(thrown.free()).isEqualTo(1 << 20);
        assertThat(thrown.codeName()).isEqualTo("CUDA_ERROR_OUT_OF_MEMORY");
        assertThat(thrown).hasMessage("the device has no room for 2097152 bytes, 1048576 are free");
    }
}
