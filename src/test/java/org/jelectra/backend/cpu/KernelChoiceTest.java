package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jelectra.LogMessages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class KernelChoiceTest {

    private static final String ABSENT =
            "module jdk.incubator.vector is absent: start Java with --add-modules jdk.incubator.vector";

    @Test
    void vectorKernelsAreTheDefault() {
        assertThat(LogMessages.of(
                        KernelChoice.class,
                        () -> assertThat(KernelChoice.choose(null).name()).startsWith("vector (")))
                .isEmpty();
    }

    @Test
    void forcedChoicesAreTakenWithoutAWarning() {
        assertThat(LogMessages.of(KernelChoice.class, () -> {
                    assertThat(KernelChoice.choose("scalar")).isInstanceOf(ScalarKernels.class);
                    assertThat(KernelChoice.choose("vector").name()).startsWith("vector (");
                }))
                .isEmpty();
    }

    @Test
    void unknownValuesAreRefused() {
        assertThatThrownBy(() -> KernelChoice.choose("fast"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("jelectra.cpu.kernels must be vector or scalar, not fast");
    }

    /** Opens two backends, then says what forcing says. */
    static final class Bare {
        public static void main(String[] args) {
            for (int time = 0; time < 2; time++) {
                try (CpuBackend backend = CpuBackend.create(1)) {
                    System.out.println(backend.description());
                }
            }
            try {
                KernelChoice.choose("vector");
                System.out.println("not refused");
            } catch (IllegalStateException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }

    @Test
    void aJvmWithoutTheModuleIsToldOnceWhatHelps() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.util.logging.SimpleFormatter.format=%4$s: %5$s%n",
                        "-cp",
                        Path.of("target", "classes") + File.pathSeparator + Path.of("target", "test-classes"),
                        Bare.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(lines)
                .containsExactly(
                        "WARNING: the backend cpu computes without vector instructions, several times as slowly: "
                                + ABSENT,
                        "1 thread, kernels: scalar",
                        "1 thread, kernels: scalar",
                        "jelectra.cpu.kernels=vector cannot be used: " + ABSENT);
    }
}
