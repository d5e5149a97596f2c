package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jelectra.backend.check.KernelSurvey;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.ShippedKernels;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/** Tensor cores cut their sums, so what is in float32 leaves them alone: its sums are rounded. */
class TensorCoresTest {

    private static Set<String> kernelsWithTensorCores() {
        Set<String> kernels = new HashSet<>();
        for (String module : ShippedKernels.modules()) {
            String ptx = new String(ShippedKernels.ptx(module), StandardCharsets.ISO_8859_1);
            Arrays.stream(ptx.split("\\.entry "))
                    .skip(1)
                    .filter(kernel -> kernel.contains("mma.sync") || kernel.contains("mma_async"))
                    .forEach(kernel ->
                            kernels.add(kernel.substring(0, kernel.indexOf('(')).strip()));
        }
        return kernels;
    }

    @Test
    void float32DoesNotUseThem() {
        Set<String> tensorCores = kernelsWithTensorCores();
        assertThat(tensorCores).isNotEmpty().isSubsetOf(KernelSurvey.kernels());

        SimulatedDriver driver = new SimulatedDriver();
        try (Backend cuda = CudaBackend.on(Gpu.open(driver, 0), DType.FLOAT32)) {
            PrecisionTest.trials().stream()
                    .flatMap(each -> Stream.of(each.trial(), each.forward()))
                    .filter(Objects::nonNull)
                    .distinct()
                    .forEach(trial -> trial.prepare(cuda, trial.place(cuda)));
            assertThat(driver.preparedKernels())
                    .isNotEmpty()
                    .isSubsetOf(KernelSurvey.kernels())
                    .doesNotContainAnyElementsOf(tensorCores);
        }
    }
}
