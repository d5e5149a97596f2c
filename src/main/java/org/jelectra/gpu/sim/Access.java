package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Which accesses of other threads an access to memory may meet (PTX ISA, "Memory Consistency Model"). */
enum Access {
    /** Those that barriers order, and reads where it reads too. */
    WEAK,
    /** Other strong ones besides: relaxed or volatile loads and stores. They do not order anything else. */
    STRONG,
    /** The same for atomic operations, which with fences order blocks ({@link BlockOrder}). */
    ATOMIC,
    /** The same for what acquires or releases: as if fences were on both sides of it. */
    ORDERED,
    /** Only reads: the memory must not change while the kernel runs ({@code ld.global.nc}, {@code ldu}). */
    NON_COHERENT;

    /** That of a load, a store or an atomic operation. */
    static Access of(PtxStatement s) {
        if (s.has("nc") || s.base().equals("ldu")) {
            return NON_COHERENT;
        }
        if (s.has("acquire") || s.has("release") || s.has("acq_rel")) {
            return ORDERED;
        }
        if (s.base().equals("atom") || s.base().equals("red")) {
            return ATOMIC;
        }
        return s.has("relaxed") || s.has("volatile") ? STRONG : WEAK;
    }
}
