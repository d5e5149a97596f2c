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
     * @param reference what it was compared with
     * @param outcomes each operation at each size, up to one after which the device could run no other, or so far
     * @param kernels kernels that were loaded, 0 for a backend without
     * @param seconds that it took, up to the last outcome where it has not ended
     * @param ended false while it is under way, and where an error ended it
     */
    record Check(
            String subject,
            String reference,
            List<SelfCheck.Outcome> outcomes,
            int kernels,
            double seconds,
            boolean ended) {

        double largestError() {
            return outcomes.stream().mapToDouble(SelfCheck.Outcome::error).max().orElse(0);
        }

        boolean passed() {
            return ended && outcomes.stream().allMatch(SelfCheck.Outcome::passed);
        }

        private Check with(SelfCheck.Outcome next, double secondsSoFar) {
            List<SelfCheck.Outcome> all = new ArrayList<>(outcomes);
            all.add(next);
            return new Check(subject, reference, all, kernels, secondsSoFar, false);
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

    // read by the thread that ends the process too: only with the lock
    private List<Availability> backends = List.of();
    private final List<Check> checks = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private DeviceProperties device;

    private final Set<String> shipped = new TreeSet<>();
    private final Set<String> called = new HashSet<>();
    private boolean lost;
    private volatile String doing = "looking for devices";

    /**
     * Looks at everything; {@link #findings} has it.
     *
     * @param required backend that must be there, null for those that the machine promises
     * @param simulate whether to check the kernels on the simulated device too
     */
    void examine(String required, boolean simulate) {
        List<Availability> available = Backends.available();
        synchronized (this) {
            backends = available;
        }
        for (Availability each : available) {
            if (!each.available() && isExpected(each.name(), required, Files.exists(DRIVER))) {
                problem("the backend " + each.name() + " should work here: " + each.description());
            }
        }
        try (Backend reference =
                CpuBackend.create(Math.max(2, Runtime.getRuntime().availableProcessors()))) {
            checkCpu(reference);
            for (DType values : List.of(DType.BFLOAT16, DType.FLOAT32)) {
                if (available.get(0).available() && !lost) {
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
            remark("no operation called for the kernels " + String.join(", ", shipped)
                    + " at the sizes of this check, so whether they are right is not known");
        }
    }

    /** Whether a backend should work: the one that is required, else that of a GPU where its driver is loaded. */
    static boolean isExpected(String name, String required, boolean driver) {
        return required == null ? name.equals(Backends.CUDA) && driver : name.equals(required);
    }

    /** The processor's kernels against the scalar ones, which share little with them, and its threads against a single one. */
    private void checkCpu(Backend cpu) {
        try (Backend scalar = CpuBackend.scalar(1)) {
            if (cpu.kernels().equals(scalar.kernels())) {
                remark("cpu: without vector kernels there is nothing to compare it with but another number of threads");
            } else {
                check(Backends.CPU, cpu, scalar, FEW, 0);
            }
        }
        try (Backend single = CpuBackend.create(1)) {
            checkThreads(cpu, single);
        }
    }

    /** Whether both give the same numbers, as they should for any number of threads. */
    void checkThreads(Backend cpu, Backend single) {
        Check check = check("cpu threads", cpu, single, FEW, 0);
        if (check.passed() && check.largestError() != 0) {
            problem(String.format(
                    Locale.ROOT,
                    "cpu threads: results differ by %.1e, none is expected: they should not depend on how many there are",
                    check.largestError()));
        }
    }

    /** What it is at, which may be without an end where a device hangs; any thread may ask. */
    String doing() {
        return doing;
    }

    /** What has been found so far; any thread may ask. */
    synchronized Findings findings() {
        return new Findings(backends, device, List.copyOf(checks), List.copyOf(problems), List.copyOf(remarks));
    }

    /** Takes down what should work and does not. */
    synchronized void problem(String what) {
        problems.add(what);
    }

    private synchronized void remark(String what) {
        remarks.add(what);
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
                    .forEach(kernel -> remark(subject + ": " + kernel.name() + " spills "
                            + kernel.attributes().localBytes() + " bytes of registers to memory, which is slow"));
            cuda.rejectedKernels().forEach(rejection -> problem(subject + ": " + rejection));
            if (name.equals(Backends.CUDA)) {
                DeviceProperties properties = cuda.device();
                synchronized (this) {
                    device = properties;
                }
            }
            check(subject, cuda, reference, sizes, kernels.size());
            if (name.equals(Backends.CUDA)) {
                kernels.forEach(kernel -> shipped.add(kernel.name()));
                called.addAll(cuda.usedKernels());
            }
        } catch (RuntimeException | Error e) {
            // whatever it is, such as a library that does not link: the rest is still to be told
            problem(name + ": " + (e instanceof GpuException ? e.getMessage() : e + ", " + doing));
            lost |= name.equals(Backends.CUDA) && e instanceof GpuContextLostException;
        }
    }

    /** Compares the operations at these sizes with the reference, and returns what came of it, which is among the findings too. */
    Check check(String subject, Backend backend, Backend reference, List<Sizes> sizes, int kernels) {
        long begin = System.nanoTime();
        String compared = reference.name() + ", " + reference.description();
        synchronized (this) {
            checks.add(new Check(subject, compared, List.of(), kernels, 0, false));
        }
        try {
            for (Sizes each : sizes) {
                SelfCheck.run(
                        backend,
                        reference,
                        each,
                        operation -> doing = "checking " + operation + " of " + each + " on " + subject,
                        outcome -> add(outcome, (System.nanoTime() - begin) * 1e-9));
            }
        } catch (GpuOutOfMemoryException e) {
            // the last outcome says so
        } catch (GpuContextLostException e) {
            // so does it here; other devices are not concerned
            lost |= subject.startsWith(Backends.CUDA);
        }
        synchronized (this) {
            List<SelfCheck.Outcome> outcomes = checks.remove(checks.size() - 1).outcomes();
            Check check = new Check(subject, compared, outcomes, kernels, (System.nanoTime() - begin) * 1e-9, true);
            checks.add(check);
            return check;
        }
    }

    /** Adds what came of an operation to the check under way, after so many seconds. */
    private synchronized void add(SelfCheck.Outcome outcome, double seconds) {
        int last = checks.size() - 1;
        Check check = checks.get(last).with(outcome, seconds);
        checks.set(last, check);
        if (!outcome.passed()) {
            problems.add(String.format(
                    Locale.ROOT,
                    "%s: %s of %s: %s",
                    check.subject(),
                    outcome.operation(),
                    outcome.sizes(),
                    outcome.problem()));
        }
    }
}
