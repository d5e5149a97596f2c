package org.jelectra.gpu.sim;

import java.util.function.Consumer;

/**
 * What is simulated, and how; immutable. The checks of bounds, alignment, initialisation, divergence and barriers are always made;
 * those for races cost most and can be left out for long runs.
 */
public final class SimulatorOptions implements Cloneable {

    /** System property that switches the checks for races; they are made unless it is {@code false}. */
    public static final String RACES_PROPERTY = "jelectra.simulator.races";

    String deviceName = "simulated sm_90";
    int computeCapability = 90;
    int multiprocessors = 4;
    long memoryBytes = 8L << 30;
    int driverVersion = 12040;
    boolean races = !System.getProperty(RACES_PROPERTY, "true").equals("false");
    int threads = Runtime.getRuntime().availableProcessors();
    long instructionLimit = 1L << 34;
    boolean backwards;
    boolean cutSums;
    boolean roughFunctions;
    boolean lateWork;

    private SimulatorOptions() {}

    /** A device of capability 9.0 with 8 GiB and a driver of CUDA 12.4, all processors, and races as the property says. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions();
    }

    private SimulatorOptions with(Consumer<SimulatorOptions> change) {
        try {
            SimulatorOptions copy = (SimulatorOptions) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** Without this, a device of no threads would run nothing and report success. */
    private static void requirePositive(String what, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("a simulated device needs 1 or more " + what + ", got " + count);
        }
    }

    /**
     * The same with or without checks for races on shared and on global memory, of the order between blocks, and of writes to what
     * non-coherent loads read; the blocks of a launch then run one after the other.
     */
    public SimulatorOptions withRaces(boolean check) {
        return with(copy -> copy.races = check);
    }

    /** The same with another device; {@code capability} is 10 major + minor. */
    public SimulatorOptions withDevice(String name, int capability) {
        return with(copy -> {
            copy.deviceName = name;
            copy.computeCapability = capability;
        });
    }

    /** The same with so many multiprocessors: kernels are spread over as many, whatever {@link #threads} execute them. */
    public SimulatorOptions withMultiprocessors(int count) {
        requirePositive("multiprocessors", count);
        return with(copy -> copy.multiprocessors = count);
    }

    /** The same with so much device memory. */
    public SimulatorOptions withMemory(long bytes) {
        requirePositive("bytes of memory", bytes);
        return with(copy -> copy.memoryBytes = bytes);
    }

    /** The same with a driver of another CUDA version, 1000 major + 10 minor; it limits the {@code .version} of PTX. */
    public SimulatorOptions withDriver(int version) {
        return with(copy -> copy.driverVersion = version);
    }

    /** The same with so many threads, over which blocks are spread. */
    public SimulatorOptions withThreads(int count) {
        requirePositive("threads", count);
        return with(copy -> copy.threads = count);
    }

    /** The same with another number of instructions that the warps of one block may execute before the kernel counts as endless. */
    public SimulatorOptions withInstructionLimit(long limit) {
        requirePositive("instructions", limit);
        return with(copy -> copy.instructionLimit = limit);
    }

    /**
     * The same with blocks that run one after the other in descending order, or in ascending: no result may depend on that. Launches
     * whose blocks several threads share stay as they are: {@link #withThreads one thread}, or looking for races, lets none be shared.
     */
    public SimulatorOptions withBackwards(boolean last) {
        return with(copy -> copy.backwards = last);
    }

    /** The same with sums in products of matrices cut as tensor cores of this capability cut them, or rounded as floats. */
    public SimulatorOptions withCutSums(boolean cut) {
        return with(copy -> copy.cutSums = cut);
    }

    /** The same with the approximate functions ex2, rcp and rsqrt as wrong as a device's may be, or rounded to nearest. */
    public SimulatorOptions withRoughFunctions(boolean rough) {
        return with(copy -> copy.roughFunctions = rough);
    }

    /**
     * The same with the work of a stream done only when someone waits for it, in its order, as a slow device would do it, or at once.
     * Other streams' work is then done only where events order it before. Late copies read and write host memory of any kind late.
     */
    public SimulatorOptions withLateWork(boolean late) {
        return with(copy -> copy.lateWork = late);
    }

    /** Newest {@code .version} of PTX that the driver knows, 10 major + minor (CUDA release notes). */
    int ptxVersion() {
        int major = driverVersion / 1000;
        int minor = driverVersion / 10 % 100;
        if (major >= 13) {
            return 90 + minor;
        }
        if (major == 11) {
            return 70 + minor;
        }
        return major < 11 ? 65 : minor <= 5 ? 80 + minor : 79 + minor;
    }
}
