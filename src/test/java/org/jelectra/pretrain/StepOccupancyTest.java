package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jelectra.backend.cuda.LaunchCounter.Launched;
import org.jelectra.backend.cuda.ShippedKernels;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.jcuda.PtxCompiler;
import org.jelectra.gpu.sim.Occupancy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every launch of a step finds room on a multiprocessor for as many blocks as its kernel is written for (the second number of
 * {@code __launch_bounds__}): with the registers that NVIDIA's compiler gives it and the shared memory that the launch asks for.
 */
class StepOccupancyTest {

    /** The memory and multiprocessors of an H200. */
    private static final DeviceProperties DEVICE = MemoryNeed.LARGE_DEVICE;

    private static final Pattern BLOCKS =
            Pattern.compile("\\.entry\\s+(\\w+)\\([^)]*\\)\\s*\\.maxntid[^\\n]*\\n\\.minnctapersm\\s+(\\d+)");

    /** What a kernel takes, and the blocks that it is written for. */
    private record Kernel(KernelResources resources, int blocks) {}

    /** The kernels of each module that a step has needed, by their names: compiling one takes up to a second. */
    private static final Map<String, Map<String, Kernel>> MODULES = new HashMap<>();

    private static Map<String, Kernel> kernels(String module) {
        byte[] ptx = ShippedKernels.ptx(module);
        Map<String, Integer> blocks = new HashMap<>();
        Matcher bounds = BLOCKS.matcher(new String(ptx, StandardCharsets.ISO_8859_1));
        while (bounds.find()) {
            blocks.put(bounds.group(1), Integer.parseInt(bounds.group(2)));
        }
        Map<String, Kernel> kernels = new HashMap<>();
        String suffix = ShippedKernels.sm90aModules().contains(module) ? "a" : "";
        for (KernelResources resources :
                PtxCompiler.compile(module, ptx, "sm_" + DEVICE.computeCapability() + suffix)) {
            kernels.put(resources.kernel(), new Kernel(resources, blocks.getOrDefault(resources.kernel(), 1)));
        }
        return kernels;
    }

    @ParameterizedTest
    @EnumSource(
            value = Preset.class,
            names = {"SMALL", "BASE"})
    void blocksOfAMultiprocessor(Preset preset) {
        Set<Launched> launched = StepLaunches.of(preset).launched();
        launched.forEach(launch -> MODULES.computeIfAbsent(launch.module(), StepOccupancyTest::kernels));

        assertThat(launched).hasSizeGreaterThan(20).allSatisfy(launch -> {
            Kernel kernel = MODULES.get(launch.module()).get(launch.kernel());
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
                .flatExtracting(launch -> MODULES.get(launch.module()).values())
                .as("kernels written for several blocks")
                .anyMatch(kernel -> kernel.blocks() > 1);
    }
}
