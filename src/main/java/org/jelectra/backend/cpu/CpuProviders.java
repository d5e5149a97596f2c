package org.jelectra.backend.cpu;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which inner loops and which matrix products the CPU backend uses. Candidates are tried in order; one that cannot be used is
 * passed over with a reason, which {@link #report} keeps. The system properties {@link #KERNELS} and {@link #GEMM} force a
 * choice: then the reason is an error, and nothing else is tried.
 *
 * <p>The order: vector kernels before scalar kernels (3 to 15 times as fast); panels on vector kernels before OpenBLAS (no copies
 * to memory outside the heap, no natives); OpenBLAS before panels on scalar kernels (10 times as fast).
 *
 * @param kernels the inner loops
 * @param gemm the matrix products, on the workers given to {@link #select}
 * @param report a line for each candidate: chosen, or why not
 */
public record CpuProviders(CpuKernels kernels, Gemm gemm, List<String> report) {

    /** System property: {@code vector} or {@code scalar}. */
    public static final String KERNELS = "jelectra.cpu.kernels";

    /** System property: {@code panels} or {@code openblas}. */
    public static final String GEMM = "jelectra.cpu.gemm";

    private static final String VECTOR_KERNELS = "org.jelectra.backend.cpu.vector.VectorKernels";
    private static final String OPENBLAS_BINDING = "org.bytedeco.openblas.global.openblas_nolapack";
    private static final String OPENBLAS_GEMM = "org.jelectra.backend.cpu.openblas.OpenBlasGemm";

    /** A candidate that cannot be used here, and why. */
    private static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String reason, Throwable cause) {
            super(reason, cause);
        }
    }

    /**
     * Chooses for this JVM, as the system properties say.
     *
     * @throws IllegalStateException if a forced choice cannot be used, with the reason
     * @throws IllegalArgumentException if a property has a value that is not known
     */
    public static CpuProviders select(Workers workers) {
        return select(workers, System.getProperty(KERNELS), System.getProperty(GEMM));
    }

    static CpuProviders select(Workers workers, String forcedKernels, String forcedGemm) {
        checkValue(KERNELS, forcedKernels, "vector", "scalar");
        checkValue(GEMM, forcedGemm, "panels", "openblas");
        List<String> report = new ArrayList<>();
        CpuKernels kernels = kernels(forcedKernels, report);
        Gemm gemm = gemm(kernels, workers, forcedGemm, report);
        return new CpuProviders(kernels, gemm, List.copyOf(report));
    }

    private static void checkValue(String property, String value, String one, String other) {
        if (value != null && !value.equals(one) && !value.equals(other)) {
            throw new IllegalArgumentException(property + " must be " + one + " or " + other + ", not " + value);
        }
    }

    private static CpuKernels kernels(String forced, List<String> report) {
        if ("scalar".equals(forced)) {
            report.add("kernels vector: not tried, " + KERNELS + "=scalar");
        } else {
            try {
                CpuKernels kernels = vectorKernels();
                report.add("kernels " + kernels.name() + ": chosen");
                return kernels;
            } catch (Unavailable unavailable) {
                refuse(KERNELS, forced, unavailable);
                report.add("kernels vector: " + unavailable.getMessage());
            }
        }
        report.add("kernels scalar: chosen");
        return new ScalarKernels();
    }

    private static CpuKernels vectorKernels() throws Unavailable {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new Unavailable(
                    "module jdk.incubator.vector is absent: start Java with --add-modules jdk.incubator.vector", null);
        }
        String mode = System.getProperty("java.vm.info", "");
        if (mode.contains("interpreted") || mode.contains("emulated-client")) {
            throw new Unavailable("vectors are slow without the C2 compiler (this JVM runs in " + mode + ")", null);
        }
        try {
            return (CpuKernels) Class.forName(VECTOR_KERNELS).getConstructor().newInstance();
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof UnsupportedOperationException reason) {
                throw new Unavailable(reason.getMessage(), reason);
            }
            throw new IllegalStateException("the vector kernels do not start", thrown.getCause());
        } catch (ReflectiveOperationException thrown) {
            throw new IllegalStateException("the vector kernels are missing from this build", thrown);
        }
    }

    private static Gemm gemm(CpuKernels kernels, Workers workers, String forced, List<String> report) {
        boolean panels = "panels".equals(forced) || (forced == null && !(kernels instanceof ScalarKernels));
        if (panels) {
            report.add("gemm OpenBLAS: not tried, "
                    + (forced == null ? "panels are as fast and need no natives" : GEMM + "=panels"));
        } else {
            try {
                Gemm gemm = openBlas(workers);
                report.add("gemm " + gemm.name() + ": chosen");
                return gemm;
            } catch (Unavailable unavailable) {
                refuse(GEMM, forced, unavailable);
                report.add("gemm OpenBLAS: " + unavailable.getMessage());
            }
        }
        Gemm gemm = new PanelGemm(kernels, workers);
        report.add("gemm " + gemm.name() + ": chosen");
        return gemm;
    }

    private static Gemm openBlas(Workers workers) throws Unavailable {
        try {
            Class.forName(OPENBLAS_BINDING, false, CpuProviders.class.getClassLoader());
        } catch (ClassNotFoundException absent) {
            throw new Unavailable(
                    "OpenBLAS is not on the class path: add org.bytedeco:openblas with the natives of this platform",
                    absent);
        } catch (LinkageError link) {
            throw new Unavailable("OpenBLAS is not complete on the class path: " + link.getMessage(), link);
        }
        try {
            return (Gemm)
                    Class.forName(OPENBLAS_GEMM).getConstructor(Workers.class).newInstance(workers);
        } catch (LinkageError link) {
            throw new Unavailable("OpenBLAS is not complete on the class path: " + link.getMessage(), link);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof LinkageError link) {
                throw new Unavailable("the natives of OpenBLAS do not load: " + link.getMessage(), link);
            }
            throw new IllegalStateException("OpenBLAS does not start", thrown.getCause());
        } catch (ReflectiveOperationException thrown) {
            throw new IllegalStateException("the OpenBLAS products are missing from this build", thrown);
        }
    }

    private static void refuse(String property, String forced, Unavailable unavailable) {
        if (forced != null) {
            throw new IllegalStateException(
                    property + "=" + forced + " cannot be used: " + unavailable.getMessage(), unavailable);
        }
    }
}
