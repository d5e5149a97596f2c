package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Kinds of accesses to global memory (PTX ISA, "Memory Consistency Model"). */
enum Access {
    /** Those that barriers order, and reads where it reads too. */
    WEAK,
    /** Other strong ones besides: relaxed or volatile loads and stores, and what is strong within a block or cluster alone. */
    STRONG,
    /** The same for atomic operations of the device, which with fences order blocks ({@link BlockOrder}). */
    ATOMIC(true, true, false, false),
    ATOMIC_ACQUIRE(true, true, true, false),
    ATOMIC_RELEASE(true, true, false, true),
    ATOMIC_ACQUIRE_RELEASE(true, true, true, true),
    LOAD_ACQUIRE(true, false, true, false),
    STORE_RELEASE(false, true, false, true),
    /** Only reads: the memory must not change while the kernel runs ({@code ld.global.nc}, {@code ldu}). */
    NON_COHERENT;

    /** Whether it learns what other blocks have released at its word. */
    final boolean learns;
    /** Whether other blocks can learn from it. */
    final boolean tells;
    /** Whether that needs no fence behind it. */
    final boolean acquires;
    /** Whether that needs no fence before it. */
    final boolean releases;

    Access() {
        this(false, false, false, false);
    }

    Access(boolean learns, boolean tells, boolean acquires, boolean releases) {
        this.learns = learns;
        this.tells = tells;
        this.acquires = acquires;
        this.releases = releases;
    }

    /** That of a load, a store or an atomic operation. */
    static Access of(PtxStatement s) {
        if (s.has("nc") || s.base().equals("ldu")) {
            return NON_COHERENT;
        }
        boolean atomic = s.base().equals("atom") || s.base().equals("red");
        boolean ordered = s.has("acquire") || s.has("release") || s.has("acq_rel");
        if (!atomic && !ordered) {
            return s.has("relaxed") || s.has("volatile") ? STRONG : WEAK;
        }
        if (s.has("cta") || s.has("cluster")) {
            return STRONG;
        }
        if (!atomic) {
            return s.has("acquire") ? LOAD_ACQUIRE : STORE_RELEASE;
        }
        if (s.has("acq_rel")) {
            return ATOMIC_ACQUIRE_RELEASE;
        }
        return s.has("acquire") ? ATOMIC_ACQUIRE : s.has("release") ? ATOMIC_RELEASE : ATOMIC;
    }
}
