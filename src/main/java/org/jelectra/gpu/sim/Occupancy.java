package org.jelectra.gpu.sim;

/** Resources of a multiprocessor (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"). */
final class Occupancy {

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

    /** Blocks of a kernel that a multiprocessor holds at a time; its registers are an estimate. */
    static int blocks(int capability, Program program, int blockThreads, int dynamicSharedBytes) {
        boolean small = capability == 86 || capability == 89 || capability == 120;
        int warps = (blockThreads + Lanes.COUNT - 1) / Lanes.COUNT;
        int byThreads = (small ? 1536 : 2048) / (warps * Lanes.COUNT);
        int registersOfWarp = (Math.max(program.registers, 16) * Lanes.COUNT + 255) / 256 * 256;
        int byRegisters = REGISTERS / (registersOfWarp * warps);
        int shared = program.staticSharedBytes + dynamicSharedBytes + RESERVED_SHARED;
        int byShared = sharedPerMultiprocessor(capability) / shared;
        int limit = small ? 24 : 32;
        return Math.min(Math.min(byThreads, byRegisters), Math.min(byShared, limit));
    }
}
