package org.jelectra.backend.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.ShippedKernels;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.PtxHeader;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Runs every kernel that ships on the simulated device and counts what it does. The sizes are those of the presets, but for
 * short batches and a small vocabulary; each kernel counts at the first of them that calls for it, in the operations that bring a
 * kernel which none before them has launched there: those made of others repeat what these have shown.
 */
public final class KernelSurvey {

    private KernelSurvey() {}

    /** Names of all kernels that ship; those that two modules have, for different devices, are there twice. */
    public static List<String> kernels() {
        return ShippedKernels.modules().stream()
                .flatMap(module -> kernels(module).stream())
                .toList();
    }

    private static List<String> kernels(String module) {
        return PtxHeader.parse(module, ShippedKernels.ptx(module)).kernels().keySet().stream()
                .sorted()
                .toList();
    }

    /**
     * Runs the operations until every kernel has run, those for compute capability 9.0 alone on such a device.
     *
     * @return one for each, in the order of {@link #kernels()}
     */
    static List<SurveyedKernel> run() {
        SimulatorOptions any = SimulatorOptions.defaults().withDevice("simulated sm_80", 80);
        Map<String, SurveyedKernel> general = run(ShippedKernels.families(), any);
        Map<String, SurveyedKernel> special = run(ShippedKernels.sm90aModules(), SimulatorOptions.defaults());
        return ShippedKernels.modules().stream()
                .flatMap(module -> kernels(module).stream()
                        .map(ShippedKernels.sm90aModules().contains(module) ? special::get : general::get))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Runs the kernels of some modules, by their names. */
    private static Map<String, SurveyedKernel> run(List<String> modules, SimulatorOptions device) {
        Map<String, String> moduleOf = new HashMap<>();
        modules.forEach(module -> kernels(module).forEach(name -> moduleOf.put(name, module)));
        Map<String, SurveyedKernel> found = new HashMap<>();
        Set<String> missing = new HashSet<>(moduleOf.keySet());
        for (Sizes sizes : Sizes.OF_KERNELS) {
            for (DType values : List.of(DType.BFLOAT16, DType.FLOAT32)) {
                Map<String, KernelCounters> counted =
                        missing.isEmpty() ? Map.of() : count(sizes, values, missing, device);
                counted.forEach((name, counters) -> {
                    if (missing.remove(name)) {
                        found.put(name, new SurveyedKernel(moduleOf.get(name), counters));
                    }
                });
            }
        }
        return found;
    }

    /** Runs the operations that launch a wanted kernel which none before them has launched. */
    private static Map<String, KernelCounters> count(
            Sizes sizes, DType values, Set<String> wanted, SimulatorOptions device) {
        SimulatedDriver driver = new SimulatedDriver(device.withRaces(false));
        try (CudaBackend backend = CudaBackend.on(Gpu.open(driver, 0), values)) {
            List<String> prepared = driver.preparedKernels();
            Set<String> left = new HashSet<>(wanted);
            for (Trial trial : Catalog.withVariants(sizes)) {
                int before = prepared.size();
                Map<String, Tensor> tensors = trial.allocate(backend);
                Operation operation = trial.prepare(backend, tensors);
                if (left.removeAll(prepared.subList(before, prepared.size()))) {
                    trial.fill(backend, tensors);
                    operation.run();
                }
            }
            return driver.counters();
        }
    }
}
