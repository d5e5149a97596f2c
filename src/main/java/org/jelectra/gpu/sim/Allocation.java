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

    /** The first byte of a range that nothing has written; {@code to} where all have been. */
    int firstUnwritten(int from, int to) {
        int first = written == null ? to : from;
        while (first < to && written[first] != 0) {
            first++;
        }
        return first;
    }

    @Override
    public String toString() {
        return description + " of " + data.length + " bytes";
    }
}
