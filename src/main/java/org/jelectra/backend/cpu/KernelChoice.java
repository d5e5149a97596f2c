package org.jelectra.backend.cpu;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which inner loops the CPU backend uses: the vector kernels, 3 to 6 times as fast (docs/results/2026-12-01-scalar), or the scalar
 * ones where those cannot be used, or would be far slower than these (without FMA). The first time in a virtual machine a warning
 * says why they cannot, and what helps. The system property {@link #PROPERTY} forces a choice: then the reason is an error, or there
 * is nothing to warn of.
 */
final class KernelChoice {

    /** System property: {@code vector} or {@code scalar}. */
    static final String PROPERTY = "jelectra.cpu.kernels";

    private static final String VECTOR_KERNELS = "org.jelectra.backend.cpu.vector.VectorKernels";
    private static final System.Logger LOGGER = System.getLogger(KernelChoice.class.getName());
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /** The vector kernels cannot be used here, and why. */
    private static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String reason, Throwable cause) {
            super(reason, cause);
        }
    }

    private KernelChoice() {}

    /**
     * Chooses for this virtual machine, as the system property says.
     *
     * @throws IllegalStateException if a forced choice cannot be used, with the reason
     * @throws IllegalArgumentException if the property has a value that is not known
     */
    static CpuKernels choose() {
        return choose(System.getProperty(PROPERTY));
    }

    /** As {@link #choose()}; {@code forced} is the property's value or null. */
    static CpuKernels choose(String forced) {
        if ("scalar".equals(forced)) {
            return new ScalarKernels();
        }
        if (forced != null && !forced.equals("vector")) {
            throw new IllegalArgumentException(PROPERTY + " must be vector or scalar, not " + forced);
        }
        try {
            return vectorKernels();
        } catch (Unavailable unavailable) {
            if (forced != null) {
                throw new IllegalStateException(
                        PROPERTY + "=vector cannot be used: " + unavailable.getMessage(), unavailable);
            }
            if (!WARNED.getAndSet(true)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the backend cpu computes without vector instructions, several times as slowly and with other"
                                + " roundings: "
                                + unavailable.getMessage());
            }
            return new ScalarKernels();
        }
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
        if (FusedMultiplyAdd.isMissing()) {
            throw new Unavailable(
                    "the processor has no fused multiply-add (FMA), or -XX:-UseFMA forbids it; in a virtual machine,"
                            + " give it the host's model of processor",
                    null);
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
}
