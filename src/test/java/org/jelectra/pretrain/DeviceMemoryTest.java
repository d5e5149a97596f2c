package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.text.PackedCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceMemoryTest {

    @TempDir
    private Path directory;

    @Test
    void tooLittleOfItSaysWhatTheRunNeedsByPart() throws IOException {
        PackedCorpus corpus = SmallText.pack(directory, 1);
        PretrainSettings settings = SmallRun.settings(1);
        SimulatorOptions little = SimulatorOptions.defaults().withMemory(200_000);

        try (Backend backend = CudaBackend.on(Gpu.open(new SimulatedDriver(little), 0), DType.FLOAT32)) {
            GpuOutOfMemoryException thrown = catchThrowableOfType(
                    GpuOutOfMemoryException.class,
                    () -> new Pretrainer(backend, settings, corpus, SmallRun.vocabulary()));

            assertThat(thrown.requested()).isPositive();
            assertThat(thrown.free()).isLessThan(200_000);
            assertThat(thrown.getMessage())
                    .startsWith("the device has no room for " + thrown.requested() + " bytes, " + thrown.free()
                            + " are free; the run needs "
                            + MemoryNeed.of(settings, backend, true) + "; more micro-batches, a smaller batch");
            assertThat(thrown).hasCauseInstanceOf(GpuOutOfMemoryException.class);
        }
    }

    /** The second batch of an evaluation becomes a graph, for which the driver itself wants memory. */
    @Test
    void tooLittleOfItForAnEvaluationSaysSoToo() throws IOException {
        PackedCorpus corpus = SmallText.pack(directory, 1);
        PretrainSettings settings = SmallRun.settings(1);
        SimulatedDriver simulated =
                new SimulatedDriver(SimulatorOptions.defaults().withRaces(false));
        GpuDriver full = (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("launchGraph")) {
                        throw new GpuOutOfMemoryException(2, "CUDA_ERROR_OUT_OF_MEMORY", "launching a graph", 100);
                    }
                    try {
                        return method.invoke(simulated, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });

        try (Backend backend = CudaBackend.on(Gpu.open(full, 0), DType.FLOAT32)) {
            Pretrainer pretrainer = new Pretrainer(backend, settings, corpus, SmallRun.vocabulary());
            assertThatThrownBy(pretrainer::evaluate)
                    .isInstanceOf(GpuOutOfMemoryException.class)
                    .hasMessageStartingWith(
                            "launching a graph failed: the device has no room for it, 100 bytes are free;"
                                    + " the run needs " + MemoryNeed.of(settings, backend, true)
                                    + "; more micro-batches");
        }
    }
}
