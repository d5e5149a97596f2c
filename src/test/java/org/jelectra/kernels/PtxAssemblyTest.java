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
import org.jelectra.kernels.ResourceTable.Target;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.step.StepLaunches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's compiler takes every PTX that ships, and keeps every kernel in registers: spills and local arrays cost memory traffic that
 * no kernel here has planned for. With the registers that it gives them, the launches of a step find the room they are written for.
 * What the compiler gives is committed ({@link ResourceTable}); PTX that the table does not know is compiled, and with
 * {@code -Djelectra.ptx.compile=true} all is, which takes a minute and a half.
 */
class PtxAssemblyTest {

    /** The table as this run has found it. */
    private static final Path FOUND = Path.of("target", "kernel-resources.txt");

    private static final boolean ALL = Boolean.getBoolean("jelectra.ptx.compile");

    private static final ResourceTable TABLE = new ResourceTable();
    private static final ResourceTable COMMITTED = committed();

    private static ResourceTable committed() {
        try {
            return ResourceTable.read(ResourceTable.COMMITTED);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

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

    /** What the compiler gives the module's kernels: from the committed table where it is of the same PTX. */
    private static List<KernelResources> resources(String module, String architecture) {
        byte[] ptx = ptx(module);
        Target target = new Target(module, KernelSources.hash(ptx).substring(0, 16), architecture);
        List<KernelResources> kernels = TABLE.get(target);
        if (kernels == null) {
            kernels = ALL ? null : COMMITTED.get(target);
            if (kernels == null) {
                kernels = PtxCompiler.compile(module, ptx, architecture);
            }
            TABLE.put(target, kernels);
        }
        return kernels;
    }

    @ParameterizedTest
    @MethodSource("modulesAndArchitectures")
    void assemblesWithoutSpills(String module, String architecture) {
        List<KernelResources> kernels = resources(module, architecture);

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
        for (KernelResources resources : resources(module, architecture)) {
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

    @Test
    void theCommittedTableIsOfThisPtx() throws IOException {
        modulesAndArchitectures().map(Arguments::get).forEach(each -> resources((String) each[0], (String) each[1]));
        Files.createDirectories(FOUND.getParent());
        Files.writeString(FOUND, TABLE.toString());
        assertThat(FOUND)
                .as("copy %s to %s, and commit it with the PTX", FOUND, ResourceTable.COMMITTED)
                .hasSameTextualContentAs(ResourceTable.COMMITTED);
    }
}
