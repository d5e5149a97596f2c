package org.jelectra.cli.measure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jelectra.backend.check.SurveyedKernel;
import org.jelectra.backend.cuda.ShippedKernels;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.gpu.PtxHeader;
import org.jelectra.gpu.jcuda.KernelResources;
import org.jelectra.gpu.jcuda.PtxCompiler;

/**
 * What kernels take on real devices, as NVIDIA's compiler says.
 *
 * @param modules by the kernel's module and name, then by architecture
 * @param problem why nothing is known; null where all is
 */
record CompiledKernels(Map<String, Map<String, Map<String, KernelResources>>> modules, String problem) {

    private static final List<String> ARCHITECTURES = List.of("sm_80", "sm_90");

    /** Compiles modules of kernels. */
    static CompiledKernels of(List<String> modules) {
        Map<String, Map<String, Map<String, KernelResources>>> compiled = new HashMap<>();
        try {
            for (String module : modules) {
                compiled.put(module, compile(module));
            }
            return new CompiledKernels(compiled, null);
        } catch (GpuUnavailableException e) {
            return new CompiledKernels(Map.of(), e.getMessage());
        }
    }

    private static Map<String, Map<String, KernelResources>> compile(String module) {
        byte[] ptx = ShippedKernels.ptx(module);
        PtxHeader header = PtxHeader.parse(module, ptx);
        Map<String, Map<String, KernelResources>> kernels = new HashMap<>();
        for (String architecture :
                header.architectureSpecific() ? List.of("sm_" + header.target() + "a") : ARCHITECTURES) {
            for (KernelResources each : PtxCompiler.compile(module, ptx, architecture)) {
                kernels.computeIfAbsent(each.kernel(), name -> new LinkedHashMap<>())
                        .put(architecture, each);
            }
        }
        return kernels;
    }

    /** What one kernel takes, by architecture. */
    Map<String, KernelResources> of(SurveyedKernel kernel) {
        return modules.getOrDefault(kernel.module(), Map.of()).getOrDefault(kernel.name(), Map.of());
    }

    /** One number of a kernel for all architectures, as text. */
    String each(SurveyedKernel kernel, ToIntFunction<KernelResources> number) {
        Map<String, KernelResources> resources = of(kernel);
        return resources.isEmpty()
                ? "n/a"
                : resources.values().stream()
                        .map(needs -> Integer.toString(number.applyAsInt(needs)))
                        .collect(Collectors.joining("/"));
    }
}
