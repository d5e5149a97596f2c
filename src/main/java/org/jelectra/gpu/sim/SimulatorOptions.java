package org.jelectra.gpu.sim;

/**
 * What is simulated, and how. The checks of bounds, alignment, initialisation, divergence and barriers are always made; those for
 * races cost most and can be left out for long runs.
 *
 * @param deviceName name of the device
 * @param computeCapability 10 major + minor
 * @param memoryBytes device memory
 * @param driverVersion CUDA version of the driver, 1000 major + 10 minor; it limits the {@code .version} of PTX
 * @param races whether races on shared and on global memory, and writes to what non-coherent loads read, are looked for; the blocks of
 *     a launch then run one after the other
 * @param threads threads over which blocks are spread
 * @param instructionLimit instructions that the warps of one block may execute before the kernel counts as endless
 * @param backwards whether blocks that run one after the other begin with the last one: no result may depend on that
 * @param cutSums whether sums in products of matrices are cut as tensor cores of this capability cut them, or rounded as floats
 */
public record SimulatorOptions(
        String deviceName,
        int computeCapability,
        long memoryBytes,
        int driverVersion,
        boolean races,
        int threads,
        long instructionLimit,
        boolean backwards,
        boolean cutSums) {

    /** System property that switches the checks for races; they are made unless it is {@code false}. */
    public static final String RACES_PROPERTY = "jelectra.simulator.races";

    /** A device of capability 9.0 with 8 GiB and a driver of CUDA 12.4, all processors, and races as the property says. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions(
                "simulated sm_90",
                90,
                8L << 30,
                12040,
                !System.getProperty(RACES_PROPERTY, "true").equals("false"),
                Runtime.getRuntime().availableProcessors(),
                1L << 34,
                false,
                false);
    }

    /** The same with or without checks for races. */
    public SimulatorOptions withRaces(boolean check) {
        return new SimulatorOptions(
                deviceName,
                computeCapability,
                memoryBytes,
                driverVersion,
                check,
                threads,
                instructionLimit,
                backwards,
                cutSums);
    }

    /** The same with another device. */
    public SimulatorOptions withDevice(String name, int capability) {
        return new SimulatorOptions(
                name, capability, memoryBytes, driverVersion, races, threads, instructionLimit, backwards, cutSums);
    }

    /** The same with so much device memory. */
    public SimulatorOptions withMemory(long bytes) {
        return new SimulatorOptions(
                deviceName,
                computeCapability,
                bytes,
                driverVersion,
                races,
                threads,
                instructionLimit,
                backwards,
                cutSums);
    }

    /** The same with a driver of another CUDA version. */
    public SimulatorOptions withDriver(int version) {
        return new SimulatorOptions(
                deviceName,
                computeCapability,
                memoryBytes,
                version,
                races,
                threads,
                instructionLimit,
                backwards,
                cutSums);
    }

    /** The same with so many threads. */
    public SimulatorOptions withThreads(int count) {
        return new SimulatorOptions(
                deviceName,
                computeCapability,
                memoryBytes,
                driverVersion,
                races,
                count,
                instructionLimit,
                backwards,
                cutSums);
    }

    /** The same with another limit. */
    public SimulatorOptions withInstructionLimit(long limit) {
        return new SimulatorOptions(
                deviceName, computeCapability, memoryBytes, driverVersion, races, threads, limit, backwards, cutSums);
    }

    /** The same with blocks in ascending or descending order. */
    public SimulatorOptions withBackwards(boolean last) {
        return new SimulatorOptions(
                deviceName,
                computeCapability,
                memoryBytes,
                driverVersion,
                races,
                threads,
                instructionLimit,
                last,
                cutSums);
    }

    /** The same with sums that are cut or rounded. */
    public SimulatorOptions withCutSums(boolean cut) {
        return new SimulatorOptions(
                deviceName,
                computeCapability,
                memoryBytes,
                driverVersion,
                races,
                threads,
                instructionLimit,
                backwards,
                cut);
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
