package org.jelectra.gpu.sim;

/** A state space together with the operand that addresses it. */
abstract class Space {

    /** Marks generic addresses of shared memory. */
    static final long GENERIC_SHARED = 1L << 62;
    /** Marks generic addresses of local memory. */
    static final long GENERIC_LOCAL = 1L << 61;

    /** Register with the address: an INT one, or a LONG one for generic addresses and those of global memory. */
    final int base;

    /** Bytes to add to it. */
    final long offset;

    Space(int base, long offset) {
        this.base = base;
        this.offset = offset;
    }

    /**
     * Checks the access of the first of some lanes, and of those others that it finds in the same array. It leaves the array in
     * {@link Warp#memory} and the lanes' places in {@link Scratch#offsets}.
     *
     * @param bytes what each lane accesses: 1, 2, 4, 8 or 16
     * @param write whether it is written; then the memory counts as initialised
     * @return the lanes that were located
     */
    abstract int locate(Warp warp, int lanes, int bytes, boolean write);

    /** As {@link #locate(Warp, int, int, boolean)}, which is for weak accesses. */
    final int locate(Warp warp, int lanes, int bytes, boolean write, Access access) {
        warp.access = access;
        try {
            return locate(warp, lanes, bytes, write);
        } finally {
            warp.access = Access.WEAK;
        }
    }
}
