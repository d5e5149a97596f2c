package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.LoadedKernel;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-jdk")
class SizesTest {

    /** Tiles are chosen by the number of multiprocessors, so this looks at that of an H200. */
    @Test
    void callForEveryKernelThatALargeDeviceLoads() {
        Set<String> loaded = new HashSet<>();
        Set<String> called = new HashSet<>();
        for (DType values : new DType[] {DType.BFLOAT16, DType.FLOAT32}) {
            for (Sizes sizes : Sizes.ALL) {
                SimulatorOptions device = SimulatorOptions.defaults().withMultiprocessors(132);
                try (CudaBackend backend = CudaBackend.on(Gpu.open(new SimulatedDriver(device), 0), values)) {
                    for (Trial trial : Catalog.withVariants(sizes)) {
                        trial.prepare(backend, trial.allocate(backend));
                    }
                    called.addAll(backend.usedKernels());
                    if (loaded.isEmpty()) {
                        backend.loadKernels().stream().map(LoadedKernel::name).forEach(loaded::add);
                    }
                }
            }
        }
        assertThat(loaded)
                .hasSizeGreaterThan(100)
                .allSatisfy(kernel -> assertThat(called).contains(kernel));
    }
}
