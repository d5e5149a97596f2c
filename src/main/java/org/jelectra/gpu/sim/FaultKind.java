package org.jelectra.gpu.sim;

/** What a kernel did wrong. The numbers and names of errors are those that a driver would report. */
public enum FaultKind {
    /** An address outside of every allocation, or of the block's shared memory. */
    OUT_OF_BOUNDS("access out of bounds", 700, "CUDA_ERROR_ILLEGAL_ADDRESS"),
    /** An address that is no multiple of the access's size. */
    MISALIGNED("misaligned access", 716, "CUDA_ERROR_MISALIGNED_ADDRESS"),
    /** Memory that nothing has written. */
    UNINITIALISED_MEMORY("read of uninitialised memory", 0, ""),
    /** A register that nothing has written. */
    UNINITIALISED_REGISTER("read of an uninitialised register", 0, ""),
    /** Threads of one block use the same shared memory, one of them to write, with no barrier between. */
    SHARED_RACE("race on shared memory", 0, ""),
    /** Shared memory that an asynchronous copy may still write, or a write to what it may still read. */
    PENDING_COPY("use of memory before its asynchronous copy has landed", 0, ""),
    /** A register or shared memory that an asynchronous product in flight still reads or writes. */
    PENDING_PRODUCT("use of an operand before its asynchronous product has been waited for", 0, ""),
    /** An asynchronous product without a fence behind what its operands were written by. */
    UNFENCED("asynchronous product without the fence that it needs", 0, ""),
    /** Threads of a warpgroup that do not issue the same asynchronous product. */
    WARPGROUP("asynchronous product on which its warpgroup does not agree", 0, ""),
    /** Threads of one launch use the same global memory, one of them to write, with no barrier of their block between. */
    GLOBAL_RACE("race on global memory", 0, ""),
    /** A read of what another block of the launch has written, without what lets blocks know that it is there. */
    UNPUBLISHED("read of what another block may not have written yet", 0, ""),
    /** A launch writes global memory that it reads by loads for memory that does not change. */
    NON_COHERENT("non-coherent read of memory that the kernel writes", 0, ""),
    /** A barrier that not all threads reach. */
    BARRIER("barrier that not all threads reach", 0, ""),
    /** An instruction for several lanes that not all of them reach. */
    DIVERGENT_WARP("warp instruction that not all its lanes reach", 0, ""),
    /** An index outside of a branch's table. */
    ILLEGAL_BRANCH("branch to nowhere", 715, "CUDA_ERROR_ILLEGAL_INSTRUCTION"),
    /** The instruction {@code trap}, by which a kernel ends itself. */
    TRAP("trap", 719, "CUDA_ERROR_LAUNCH_FAILED"),
    /** More instructions than a block may take. */
    TIMEOUT("kernel that does not end", 702, "CUDA_ERROR_LAUNCH_TIMEOUT");

    private final String description;
    private final int code;
    private final String codeName;

    FaultKind(String description, int code, String codeName) {
        this.description = description;
        this.code = code;
        this.codeName = codeName;
    }

    /** In words. */
    public String description() {
        return description;
    }

    /** The error number of a real driver; 0 where it would not notice. */
    public int code() {
        return code;
    }

    /** Name of {@link #code}; empty where there is none. */
    public String codeName() {
        return codeName;
    }
}
