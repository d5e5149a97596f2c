package org.jelectra.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jelectra.gpu.PtxHeader;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.jcuda.PtxCompiler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's compiler takes every PTX that ships, and keeps every kernel in registers: spills and local arrays cost memory traffic that
 * no kernel here has planned for. What each kernel takes is written to target/kernel-resources.txt.
 */
class PtxAssemblyTest {

    private static final Path TABLE = Path.of("target", "kernel-resources.txt");
    private static final Map<String, List<KernelResources>> RESOURCES = new TreeMap<>();

    static Stream<Arguments> modulesAndArchitectures() throws IOException {
        return KernelSources.names(KernelSources.PTX, ".ptx").stream().flatMap(family -> {
            PtxHeader header = PtxHeader.parse(family, ptx(family));
            List<String> architectures =
                    header.architectureSpecific() ? List.of("sm_" + header.target() + "a") : List.of("sm_80", "sm_90");
            return architectures.stream().map(architecture -> Arguments.of(family, architecture));
        });
    }

    private static byte[] ptx(String family) {
        try {
            return Files.readAllBytes(KernelSources.PTX.resolve(family + ".ptx"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("modulesAndArchitectures")
    void assemblesWithoutSpills(String family, String architecture) {
        List<KernelResources> kernels = PtxCompiler.compile(family, ptx(family), architecture);
        RESOURCES.put(family + " " + architecture, kernels);

        assertThat(kernels)
                .extracting(KernelResources::kernel)
                .containsExactlyInAnyOrderElementsOf(
                        PtxHeader.parse(family, ptx(family)).kernels().keySet());
        assertThat(kernels)
                .allMatch(KernelResources::staysOnChip)
                .noneMatch(KernelResources::serialized)
                .allMatch(kernel -> kernel.sharedBytes() <= 48 * 1024, "static shared memory is at most 48 KiB");
    }

    @AfterAll
    static void writeTable() throws IOException {
        StringBuilder table = new StringBuilder();
        table.append(String.format("%-20s %-6s %-44s %9s %7s%n", "family", "for", "kernel", "registers", "shared"));
        RESOURCES.forEach((module, kernels) -> {
            String[] names = module.split(" ");
            for (KernelResources kernel : kernels) {
                table.append(String.format(
                        "%-20s %-6s %-44s %9d %7d%n",
                        names[0], names[1], kernel.kernel(), kernel.registers(), kernel.sharedBytes()));
            }
        });
        Files.createDirectories(TABLE.getParent());
        Files.writeString(TABLE, table);
    }
}
