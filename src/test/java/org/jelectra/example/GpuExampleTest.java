package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jelectra.gpu.jcuda.PtxCompiler;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.junit.jupiter.api.Test;

class GpuExampleTest {

    @Test
    void runs() {
        float[] x = new float[1000];
        float[] y = new float[1000];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            y[i] = 0.5f;
        }
        SimulatedDriver driver = new SimulatedDriver();

        float[] result = GpuExample.axpy(driver, 2, x, y);

        for (int i = 0; i < x.length; i++) {
            assertThat(result[i]).isEqualTo(2 * i + 0.5f);
        }
        assertThat(driver.openAllocations()).isEmpty();
    }

    @Test
    void isCounted() {
        KernelCounters counters = GpuExample.count(1000);
        assertThat(counters.launches()).isEqualTo(1);
        // two arrays read and one written, each 4,000 bytes in sectors of 32
        assertThat(counters.loadSectors()).isEqualTo(250).isEqualTo(counters.idealLoadSectors());
        assertThat(counters.storeSectors()).isEqualTo(125).isEqualTo(counters.idealStoreSectors());
        assertThat(counters.barriers()).isZero();
    }

    @Test
    void nvidiasCompilerTakesIt() {
        byte[] ptx = GpuExample.AXPY.getBytes(StandardCharsets.US_ASCII);
        assertThat(PtxCompiler.compile("axpy", ptx, "sm_90")).singleElement().matches(kernel -> kernel.staysOnChip());
    }

    @Test
    void documentShowsThisVeryCode() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/GpuExample.java"))
                .assertIn(Path.of("docs/gpu.md"));
    }
}
