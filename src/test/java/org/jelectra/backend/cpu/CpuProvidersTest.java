package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class CpuProvidersTest {

    @Test
    void vectorKernelsAndPanelsAreTheDefault() {
        try (Workers workers = new Workers(1)) {
            CpuProviders providers = CpuProviders.select(workers, null, null);
            assertThat(providers.kernels().name()).startsWith("vector (");
            assertThat(providers.gemm()).isInstanceOf(PanelGemm.class);
            assertThat(providers.report())
                    .hasSize(3)
                    .filteredOn(line -> line.endsWith(": chosen"))
                    .hasSize(2);
        }
    }

    @Test
    void forcedChoicesAreTaken() {
        try (Workers workers = new Workers(1)) {
            CpuProviders providers = CpuProviders.select(workers, "scalar", "panels");
            assertThat(providers.kernels()).isInstanceOf(ScalarKernels.class);
            assertThat(providers.gemm().name()).isEqualTo("panels, scalar");
            assertThat(CpuProviders.select(workers, "vector", "openblas").gemm().name())
                    .startsWith("OpenBLAS");
        }
    }

    @Test
    void openBlasComesBeforeScalarPanels() {
        try (Workers workers = new Workers(1)) {
            assertThat(CpuProviders.select(workers, "scalar", null).gemm().name())
                    .startsWith("OpenBLAS");
        }
    }

    @Test
    void unknownValuesAreRefused() {
        try (Workers workers = new Workers(1)) {
            assertThatThrownBy(() -> CpuProviders.select(workers, "fast", null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("jelectra.cpu.kernels must be vector or scalar, not fast");
        }
    }

    /** Prints what a JVM without the vector module and without OpenBLAS chooses, then what forcing says. */
    static final class Bare {
        public static void main(String[] args) {
            try (Workers workers = new Workers(1)) {
                CpuProviders.select(workers, null, null).report().forEach(System.out::println);
                for (String[] forced : new String[][] {{"vector", null}, {null, "openblas"}}) {
                    try {
                        CpuProviders.select(workers, forced[0], forced[1]);
                        System.out.println("not refused");
                    } catch (IllegalStateException refused) {
                        System.out.println(refused.getMessage());
                    }
                }
            }
        }
    }

    @Test
    void aBareJvmFallsBackWithReasonsAndForcingFails() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(Path.of("target", "classes") + File.pathSeparator + Path.of("target", "test-classes"));
        command.add(Bare.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(lines)
                .containsExactly(
                        "kernels vector: module jdk.incubator.vector is absent:"
                                + " start Java with --add-modules jdk.incubator.vector",
                        "kernels scalar: chosen",
                        "gemm OpenBLAS: OpenBLAS is not on the class path:"
                                + " add org.bytedeco:openblas with the natives of this platform",
                        "gemm panels, scalar: chosen",
                        "jelectra.cpu.kernels=vector cannot be used: module jdk.incubator.vector is absent:"
                                + " start Java with --add-modules jdk.incubator.vector",
                        "jelectra.cpu.gemm=openblas cannot be used: OpenBLAS is not on the class path:"
                                + " add org.bytedeco:openblas with the natives of this platform");
    }
}
