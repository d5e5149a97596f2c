package org.jelectra.cli;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jelectra.backend.cuda.ShippedKernels;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.jcuda.PtxCompiler;

/**
 * What kernels take on real devices, as NVIDIA's compiler says.
 *
 * @param kernels by the kernel's name, then by architecture
 * @param problem why nothing is known; null where all is
 */
record CompiledKernels(Map<String, Map<String, KernelResources>> kernels, String problem) {

    private static final List<String> ARCHITECTURES = List.of("sm_80", "sm_90");

    /** Compiles families of kernels. */
    static CompiledKernels of(List<String> families) {
        Map<String, Map<String, KernelResources>> kernels = new HashMap<>();
        try {
            for (String architecture : ARCHITECTURES) {
                for (String family : families) {
                    for (KernelResources each : PtxCompiler.compile(family, ShippedKernels.ptx(family), architecture)) {
                        kernels.computeIfAbsent(each.kernel(), name -> new LinkedHashMap<>())
                                .put(architecture, each);
                    }
                }
            }
            return new CompiledKernels(kernels, null);
        } catch (GpuUnavailableException e) {
            return new CompiledKernels(Map.of(), e.getMessage());
        }
    }

    /** What one kernel takes, by architecture. */
    Map<String, KernelResources> of(String kernel) {
        return kernels.getOrDefault(kernel, Map.of());
    }

    /** One number of a kernel for all architectures, as text. */
    String each(String kernel, ToIntFunction<KernelResources> number) {
        Map<String, KernelResources> resources = of(kernel);
        return resources.isEmpty()
                ? "n/a"
                : resources.values().stream()
                        .map(needs -> Integer.toString(number.applyAsInt(needs)))
                        .collect(Collectors.joining("/"));
    }
}
