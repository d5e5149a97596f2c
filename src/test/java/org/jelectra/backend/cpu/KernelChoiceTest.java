package org.jelectra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jelectra.LogMessages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertScalar(ABSENT);
    }

    /** On x86-64 the option is what HotSpot sets where the processor has none. */
    @Test
    void aProcessorWithoutFusedMultiplyAddGetsTheScalarKernels() throws IOException, InterruptedException {
        assertScalar(
                "the processor has no fused multiply-add (FMA), or -XX:-UseFMA forbids it; in a virtual machine, give it the"
                        + " host's model of processor",
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:-UseFMA");
    }

    /** The first as the runtime that {@code tools/gpu/bundle} makes. */
    @ParameterizedTest
    @ValueSource(strings = {"java.management,java.logging", "java.logging"})
    void aRuntimeThatCannotBeAskedIsTrusted(String modules) throws IOException, InterruptedException {
        assertThat(linesOf(
                        "--limit-modules", modules + ",jdk.incubator.vector", "--add-modules", "jdk.incubator.vector"))
                .filteredOn(line -> !line.contains("incubator"))
                .hasSize(3)
                .startsWith(
                        "1 thread, kernels: " + KernelChoice.choose("vector").name());
    }

    private static void assertScalar(String reason, String... options) throws IOException, InterruptedException {
        assertThat(linesOf(options))
                .filteredOn(line -> !line.contains("Using incubator modules"))
                .containsExactly(
                        "WARNING: the backend cpu computes without vector instructions, several times as slowly and with"
                                + " other roundings: " + reason,
                        "1 thread, kernels: scalar",
                        "1 thread, kernels: scalar",
                        "jelectra.cpu.kernels=vector cannot be used: " + reason);
    }

    private static List<String> linesOf(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.util.logging.SimpleFormatter.format=%4$s: %5$s%n",
                "-cp",
                Path.of("target", "classes") + File.pathSeparator + Path.of("target", "test-classes")));
        command.addAll(List.of(options));
        command.add(Bare.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return lines;
    }
}
