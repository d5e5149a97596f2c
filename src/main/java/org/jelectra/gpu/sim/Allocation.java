package org.jelectra.gpu.sim;

import java.util.Arrays;

/** A piece of global memory. */
final class Allocation {

    /** Bits of an address that count bytes within an allocation; those above number the allocation. */
    static final int OFFSET_BITS = 40;

    final long address;
    final byte[] data;
    final String description;
    /** 1 for each byte that has been written; null when all have. */
    byte[] written;
    /** Accesses of the launch at work; null where nobody checks. */
    GlobalRaces.Shadow shadow;

    Allocation(int number, int bytes, String description) {
        this.address = (long) number << OFFSET_BITS;
        this.data = new byte[bytes];
        this.written = new byte[bytes];
        this.description = description;
    }

    /** All bytes from outside: they count as written. */
    void markWritten(int from, int to) {
        if (written == null) {
            return;
        }
        if (from == 0 && to == data.length) {
            written = null;
        } else {
            Arrays.fill(written, from, to, (byte) 1);
        }
    }

    /** Bytes copied from another allocation: they count as written where they were there. */
    void copyWritten(Allocation from, int fromOffset, int toOffset, int bytes) {
        if (from.written == null) {
            markWritten(toOffset, toOffset + bytes);
        } else if (written != null) {
            System.arraycopy(from.written, fromOffset, written, toOffset, bytes);
        }
    }

    @Override
    public String toString() {
        return description + " of " + data.length + " bytes";
    }
}
