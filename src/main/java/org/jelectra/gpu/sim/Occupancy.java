package org.jelectra.gpu.sim;

/** What fits on a multiprocessor (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"). */
public final class Occupancy {

    private static final int REGISTERS = 65536;
    /** Parts of a multiprocessor, each with its own warps and its quarter of the registers. */
    private static final int PARTS = 4;

    private static final int RESERVED_SHARED = 1024;

    private Occupancy() {}

    /** Shared memory that one block can have. */
    static int sharedPerBlock(int capability) {
        return sharedPerMultiprocessor(capability) - RESERVED_SHARED;
    }

    private static int sharedPerMultiprocessor(int capability) {
        return switch (capability) {
            case 80, 87 -> 164 << 10;
            case 86, 89, 120, 121 -> 100 << 10;
            default -> capability >= 90 ? 228 << 10 : 96 << 10;
        };
    }

    private static int threadsPerMultiprocessor(int capability) {
        return switch (capability) {
            case 86, 87, 89, 110, 120, 121 -> 1536;
            default -> capability >= 80 ? 2048 : 1024;
        };
    }

    private static int blocksPerMultiprocessor(int capability) {
        return switch (capability) {
            case 89, 110, 120, 121 -> 24;
            case 80 -> 32;
            default -> capability >= 90 ? 32 : 16;
        };
    }

    /**
     * Blocks of a kernel that a multiprocessor holds at a time.
     *
     * @param capability 10 major + minor
     * @param registers of a thread
     * @param blockThreads threads of a block
     * @param sharedBytes shared memory of a block, static and dynamic
     */
    public static int blocks(int capability, int registers, int blockThreads, int sharedBytes) {
        int warps = (blockThreads + Lanes.COUNT - 1) / Lanes.COUNT;
        int byThreads = threadsPerMultiprocessor(capability) / (warps * Lanes.COUNT);
        int registersOfWarp = (Math.max(registers, 16) * Lanes.COUNT + 255) / 256 * 256;
        int byRegisters = PARTS * (REGISTERS / PARTS / registersOfWarp) / warps;
        int byShared = sharedPerMultiprocessor(capability) / (sharedBytes + RESERVED_SHARED);
        return Math.min(Math.min(byThreads, byRegisters), Math.min(byShared, blocksPerMultiprocessor(capability)));
    }
}
