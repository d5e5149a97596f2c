package org.jelectra.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jelectra.backend.cuda.LaunchCounter.Launched;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.PtxHeader;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.jcuda.PtxCompiler;
import org.jelectra.gpu.sim.Occupancy;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.step.StepLaunches;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's compiler takes every PTX that ships, and keeps every kernel in registers: spills and local arrays cost memory traffic that
 * no kernel here has planned for. With the registers that it gives them, the launches of a step find the room they are written for.
 * What each kernel takes is written to target/kernel-resources.txt.
 */
@Tag("any-jdk")
class PtxAssemblyTest {

    private static final Path TABLE = Path.of("target", "kernel-resources.txt");

    /** A module and what it is compiled for, which takes up to a second: both tests have it from here. */
    private record Target(String module, String architecture) implements Comparable<Target> {

        @Override
        public int compareTo(Target other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return String.format("%-20s %-6s", module, architecture);
        }
    }

    private static final Map<Target, List<KernelResources>> COMPILED = new TreeMap<>();

    /** The memory and multiprocessors of an H200. */
    private static final DeviceProperties DEVICE = MemoryNeed.LARGE_DEVICE;

    private static final Pattern BLOCKS =
            Pattern.compile("\\.entry\\s+(\\w+)\\([^)]*\\)\\s*\\.maxntid[^\\n]*\\n\\.minnctapersm\\s+(\\d+)");

    static Stream<Arguments> modulesAndArchitectures() throws IOException {
        return KernelSources.names(KernelSources.PTX, ".ptx").stream()
                .flatMap(module -> architectures(module, "sm_80", "sm_90").stream()
                        .map(architecture -> Arguments.of(module, architecture)));
    }

    /** The one that a module is for, or else all that are asked for. */
    private static List<String> architectures(String module, String... others) {
        PtxHeader header = PtxHeader.parse(module, ptx(module));
        return header.architectureSpecific() ? List.of("sm_" + header.target() + "a") : List.of(others);
    }

    private static byte[] ptx(String module) {
        try {
            return Files.readAllBytes(KernelSources.PTX.resolve(module + ".ptx"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<KernelResources> compiled(String module, String architecture) {
        return COMPILED.computeIfAbsent(
                new Target(module, architecture), target -> PtxCompiler.compile(module, ptx(module), architecture));
    }

    @ParameterizedTest
    @MethodSource("modulesAndArchitectures")
    void assemblesWithoutSpills(String module, String architecture) {
        List<KernelResources> kernels = compiled(module, architecture);

        assertThat(kernels)
                .extracting(KernelResources::kernel)
                .containsExactlyInAnyOrderElementsOf(
                        PtxHeader.parse(module, ptx(module)).kernels().keySet());
        assertThat(kernels)
                .allMatch(KernelResources::staysOnChip)
                .noneMatch(KernelResources::serialized)
                .allMatch(kernel -> kernel.sharedBytes() <= 48 * 1024, "static shared memory is at most 48 KiB");
    }

    /** What a kernel takes, and the blocks of a multiprocessor that it is written for: the second number of __launch_bounds__. */
    private record Kernel(KernelResources resources, int blocks) {}

    private static Map<String, Kernel> onDevice(String module) {
        Map<String, Integer> blocks = new HashMap<>();
        Matcher bounds = BLOCKS.matcher(new String(ptx(module), StandardCharsets.ISO_8859_1));
        while (bounds.find()) {
            blocks.put(bounds.group(1), Integer.parseInt(bounds.group(2)));
        }
        Map<String, Kernel> kernels = new HashMap<>();
        String architecture =
                architectures(module, "sm_" + DEVICE.computeCapability()).get(0);
        for (KernelResources resources : compiled(module, architecture)) {
            kernels.put(resources.kernel(), new Kernel(resources, blocks.getOrDefault(resources.kernel(), 1)));
        }
        return kernels;
    }

    @ParameterizedTest
    @EnumSource(
            value = Preset.class,
            names = {"SMALL", "BASE"})
    void launchesOfAStepFindTheRoomTheyAreWrittenFor(Preset preset) {
        Set<Launched> launched = StepLaunches.of(preset).launched();
        Map<String, Map<String, Kernel>> modules = new HashMap<>();
        launched.forEach(launch -> modules.computeIfAbsent(launch.module(), PtxAssemblyTest::onDevice));

        assertThat(launched).hasSizeGreaterThan(20).allSatisfy(launch -> {
            Kernel kernel = modules.get(launch.module()).get(launch.kernel());
            KernelResources resources = kernel.resources();
            int shared = resources.sharedBytes() + launch.shape().dynamicSharedBytes();
            int blocks = Occupancy.blocks(
                    DEVICE.computeCapability(),
                    resources.registers(),
                    launch.shape().threads(),
                    shared);
            assertThat(shared).as("shared memory of " + launch).isLessThanOrEqualTo(DEVICE.sharedMemoryPerBlock());
            assertThat(blocks)
                    .as("blocks of %s with %d registers", launch, resources.registers())
                    .isGreaterThanOrEqualTo(kernel.blocks());
        });
        assertThat(launched)
                .flatExtracting(launch -> modules.get(launch.module()).values())
                .as("kernels written for several blocks")
                .anyMatch(kernel -> kernel.blocks() > 1);
    }

    @AfterAll
    static void writeTable() throws IOException {
        StringBuilder table = new StringBuilder();
        table.append(String.format("%-20s %-6s %-44s %9s %7s%n", "family", "for", "kernel", "registers", "shared"));
        COMPILED.forEach((target, kernels) -> {
            for (KernelResources kernel : kernels) {
                table.append(String.format(
                        "%s %-44s %9d %7d%n", target, kernel.kernel(), kernel.registers(), kernel.sharedBytes()));
            }
        });
        Files.createDirectories(TABLE.getParent());
        Files.writeString(TABLE, table);
    }
}
