package org.jelectra.cli.measure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jelectra.backend.Availability;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.backend.check.SelfCheck;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.LoadedKernel;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuContextLostException;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.tensor.DType;

/** Looks at the machine: what there is, and whether what there is computes the right numbers. */
final class Doctor {

    /** Exists where the NVIDIA driver's kernel module is loaded: then the backend cuda should work. */
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

    /** What a machine without a device checks in seconds. */
    private static final List<Sizes> FEW = List.of(Sizes.ODD, Sizes.EVEN);

    /**
     * The operations of one backend against the reference.
     *
     * @param subject backend and precision
     * @param outcomes each operation at each size, up to one after which the device could run no other
     * @param kernels kernels that were loaded, 0 for a backend without
     * @param seconds that it took
     */
    record Check(String subject, List<SelfCheck.Outcome> outcomes, int kernels, double seconds) {

        double largestError() {
            return outcomes.stream().mapToDouble(SelfCheck.Outcome::error).max().orElse(0);
        }

        boolean passed() {
            return outcomes.stream().allMatch(SelfCheck.Outcome::passed);
        }
    }

    /**
     * All that was found.
     *
     * @param device facts about the GPU, null where there is none
     * @param problems what should work and does not; nothing where all is well
     * @param remarks what works, but not as well as it should
     */
    record Findings(
            List<Availability> backends,
            DeviceProperties device,
            List<Check> checks,
            List<String> problems,
            List<String> remarks) {}

    private final List<Check> checks = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Set<String> shipped = new TreeSet<>();
    private final Set<String> called = new HashSet<>();
    private DeviceProperties device;
    private boolean lost;
    private volatile String doing = "looking for devices";

    /**
     * Looks at everything.
     *
     * @param required backend that must be there, null for those that the machine promises
     * @param simulate whether to check the kernels on the simulated device too
     */
    Findings examine(String required, boolean simulate) {
        List<Availability> backends = Backends.available();
        for (Availability each : backends) {
            boolean expected =
                    each.name().equals(required) || each.name().equals(Backends.CUDA) && Files.exists(DRIVER);
            if (!each.available() && expected) {
                problems.add("the backend " + each.name() + " should work here: " + each.description());
            }
        }
        // the same bits for any number of threads; the check of the CPU is that of this, against one thread
        try (Backend reference = CpuBackend.create(Runtime.getRuntime().availableProcessors())) {
            try (Backend single = CpuBackend.create(1)) {
                check("cpu", reference, single, FEW, 0);
            }
            for (DType values : List.of(DType.BFLOAT16, DType.FLOAT32)) {
                if (backends.get(0).available() && !lost) {
                    checkCuda("cuda", () -> CudaBackend.open(values), reference, Sizes.ALL);
                }
                if (simulate) {
                    checkCuda(
                            "simulated",
                            () -> CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), values),
                            reference,
                            FEW);
                }
            }
        }
        shipped.removeAll(called);
        if (!lost && !shipped.isEmpty()) {
            remarks.add("no operation called for the kernels " + String.join(", ", shipped)
                    + " at the sizes of this check, so whether they are right is not known");
        }
        return findings(backends);
    }

    /** What it is at, which may be without an end where a device hangs; any thread may ask. */
    String doing() {
        return doing;
    }

    /** What has been found so far. */
    Findings findings(List<Availability> backends) {
        return new Findings(backends, device, checks, problems, remarks);
    }

    /** Opens a backend on some device. */
    interface Opening {
        CudaBackend open();
    }

    /** Loads every kernel, and compares the operations at these sizes with the reference. */
    void checkCuda(String name, Opening opening, Backend reference, List<Sizes> sizes) {
        doing = "opening the device of " + name;
        try (CudaBackend cuda = opening.open()) {
            String subject = name + (cuda.valueType() == DType.BFLOAT16 ? " bf16" : " float32");
            doing = "loading the kernels of " + subject;
            List<LoadedKernel> kernels = cuda.loadKernels();
            // up to the driver's compiler, each version of which does it with some kernel
            kernels.stream()
                    .filter(kernel -> kernel.attributes().localBytes() > 0)
                    .forEach(kernel -> remarks.add(subject + ": " + kernel.name() + " spills "
                            + kernel.attributes().localBytes() + " bytes of registers to memory, which is slow"));
            cuda.rejectedKernels().forEach(rejection -> problems.add(subject + ": " + rejection));
            if (name.equals(Backends.CUDA)) {
                device = cuda.device();
            }
            check(subject, cuda, reference, sizes, kernels.size());
            if (name.equals(Backends.CUDA)) {
                kernels.forEach(kernel -> shipped.add(kernel.name()));
                called.addAll(cuda.usedKernels());
            }
        } catch (GpuException e) {
            problems.add(name + ": " + e.getMessage());
            lost |= name.equals(Backends.CUDA) && e instanceof GpuContextLostException;
        }
    }

    void check(String subject, Backend backend, Backend reference, List<Sizes> sizes, int kernels) {
        long begin = System.nanoTime();
        List<SelfCheck.Outcome> outcomes = new ArrayList<>();
        try {
            for (Sizes each : sizes) {
                SelfCheck.run(
                        backend,
                        reference,
                        each,
                        operation -> doing = "checking " + operation + " of " + each + " on " + subject,
                        outcomes::add);
            }
        } catch (GpuOutOfMemoryException e) {
            // the last outcome says so
        } catch (GpuContextLostException e) {
            // so does it here; other devices are not concerned
            lost |= subject.startsWith(Backends.CUDA);
        }
        checks.add(new Check(subject, outcomes, kernels, (System.nanoTime() - begin) * 1e-9));
        for (SelfCheck.Outcome outcome : outcomes) {
            if (!outcome.passed()) {
                problems.add(String.format(
                        Locale.ROOT,
                        "%s: %s of %s: %s",
                        subject,
                        outcome.operation(),
                        outcome.sizes(),
                        outcome.problem()));
            }
        }
    }
}
