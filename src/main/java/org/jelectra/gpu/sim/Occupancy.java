package org.jelectra.gpu.sim;

/** What fits on a multiprocessor (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"). */
public final class Occupancy {

    private static final int REGISTERS = 65536;
    private static final int RESERVED_SHARED = 1024;

    private Occupancy() {}

    /** Shared memory that one block can have. */
    static int sharedPerBlock(int capability) {
        return sharedPerMultiprocessor(capability) - RESERVED_SHARED;
    }

    private static int sharedPerMultiprocessor(int capability) {
        return switch (capability) {
            case 80, 87 -> 164 << 10;
            case 86, 89, 120 -> 100 << 10;
            default -> capability >= 90 ? 228 << 10 : 96 << 10;
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
        boolean small = capability == 86 || capability == 89 || capability == 120;
        int warps = (blockThreads + Lanes.COUNT - 1) / Lanes.COUNT;
        int byThreads = (small ? 1536 : 2048) / (warps * Lanes.COUNT);
        int registersOfWarp = (Math.max(registers, 16) * Lanes.COUNT + 255) / 256 * 256;
        int byRegisters = REGISTERS / (registersOfWarp * warps);
        int byShared = sharedPerMultiprocessor(capability) / (sharedBytes + RESERVED_SHARED);
        int limit = small ? 24 : 32;
        return Math.min(Math.min(byThreads, byRegisters), Math.min(byShared, limit));
    }
}
