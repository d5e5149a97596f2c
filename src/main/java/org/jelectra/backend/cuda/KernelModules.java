package org.jelectra.backend.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.KernelModule;

/**
 * The modules of a device, each loaded when it is first used. Of a family that has kernels for compute capability 9.0 alone, a
 * device of just that capability loads these, and those for 8.0 and newer where its driver rejects them.
 */
final class KernelModules {

    /** System property: {@code compute_80} keeps to kernels that every device can run. */
    static final String PROPERTY = "jelectra.cuda.kernels";

    private static final System.Logger LOGGER = System.getLogger(KernelModules.class.getName());

    private static final String COMPUTE_80 = "compute_80";
    private static final int SM_90 = 90;
    /** Nanoseconds of loading after which whoever waits is told what for. */
    private static final long LONG_LOAD = 2_000_000_000;

    private final Gpu gpu;
    private final Set<String> special;
    private final Function<String, byte[]> ptx;
    /** Whether modules of sm_90a are wanted. */
    private final boolean sm90a;

    private final LongSupplier nanoTime;
    private final Map<String, KernelModule> loaded = new HashMap<>();
    private final Set<String> rejected = new TreeSet<>();
    private final List<String> rejections = new ArrayList<>();
    private long loading;

    /**
     * Those that ship, as the system property says.
     *
     * @throws IllegalArgumentException if the property has a value that is not known
     */
    KernelModules(Gpu gpu) {
        this(
                gpu,
                System.getProperty(PROPERTY),
                Set.copyOf(ShippedKernels.sm90aModules()),
                ShippedKernels::ptx,
                System::nanoTime);
    }

    /**
     * @param forced value of {@link #PROPERTY}; null where it is not set
     * @param special names of modules for compute capability 9.0 alone
     * @param ptx the source of a module by its name
     * @param nanoTime a clock
     */
    KernelModules(Gpu gpu, String forced, Set<String> special, Function<String, byte[]> ptx, LongSupplier nanoTime) {
        if (forced != null && !forced.equals(COMPUTE_80)) {
            throw new IllegalArgumentException(
                    "the system property " + PROPERTY + " can be " + COMPUTE_80 + ", got '" + forced + "'");
        }
        this.gpu = gpu;
        this.special = special;
        this.ptx = ptx;
        this.nanoTime = nanoTime;
        this.sm90a = forced == null && gpu.properties().computeCapability() == SM_90;
    }

    /** The module of a family. */
    KernelModule of(String family) {
        return loaded.computeIfAbsent(family, this::timedLoad);
    }

    /** Whether the module of a family is that for compute capability 9.0 alone. */
    boolean isSm90a(String family) {
        return of(family).name().equals(file(ShippedKernels.sm90a(family)));
    }

    /** What the kernels are compiled for: {@code sm_86}, {@code sm_90a}, {@code sm_90a without FAMILY} where the driver rejected one. */
    String target() {
        return "sm_" + gpu.properties().computeCapability()
                + (sm90a ? "a" : "")
                + (rejected.isEmpty() ? "" : " without " + String.join(" and ", rejected));
    }

    /** What the driver has rejected so far, and what took its place. */
    List<String> rejections() {
        return List.copyOf(rejections);
    }

    private KernelModule timedLoad(String family) {
        boolean wasShort = loading < LONG_LOAD;
        long start = nanoTime.getAsLong();
        KernelModule module = load(family);
        loading += nanoTime.getAsLong() - start;
        if (wasShort && loading >= LONG_LOAD) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "the driver is compiling the kernels for this device, which takes a while; it keeps them for the next start");
        }
        return module;
    }

    private KernelModule load(String family) {
        String own = ShippedKernels.sm90a(family);
        if (!sm90a || !special.contains(own)) {
            return gpu.load(file(family), ptx.apply(family));
        }
        byte[] source = ptx.apply(own);
        try {
            return gpu.load(file(own), source);
        } catch (GpuModuleException e) {
            KernelModule general = gpu.load(file(family), ptx.apply(family));
            String rejection = "kernels for compute capability 8.0 and newer take the place of those for 9.0: "
                    + e.getMessage().lines().findFirst().orElse("");
            rejected.add(family);
            rejections.add(rejection);
            LOGGER.log(System.Logger.Level.WARNING, rejection);
            return general;
        }
    }

    private static String file(String module) {
        return module + ".ptx";
    }
}
