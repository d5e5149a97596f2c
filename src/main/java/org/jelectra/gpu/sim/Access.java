package org.jelectra.gpu.sim;

import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Which accesses of other threads an access to memory may meet (PTX ISA, "Memory Consistency Model"). */
enum Access {
    /** Those that barriers order, and reads where it reads too. */
    WEAK,
    /** Other strong ones besides: atomic, volatile or of a stated order. They do not order anything else. */
    STRONG,
    /** Only reads: the memory must not change while the kernel runs ({@code ld.global.nc}, {@code ldu}). */
    NON_COHERENT;

    /** That of a load or store. */
    static Access of(PtxStatement s) {
        if (s.has("nc") || s.base().equals("ldu")) {
            return NON_COHERENT;
        }
        return s.has("relaxed") || s.has("acquire") || s.has("release") || s.has("volatile") ? STRONG : WEAK;
    }
}
