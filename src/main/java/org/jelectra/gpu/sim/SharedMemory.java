package org.jelectra.gpu.sim;

import java.util.Arrays;

/** The shared memory of a block. */
final class SharedMemory {

    /** An asynchronous copy may still write this byte. */
    static final byte PENDING = 2;

    final byte[] data;
    /** For each byte 0 before anything is written, 1 after it, or {@link #PENDING}. */
    final byte[] state;

    /** What asynchronous products see; null where the kernel has none. */
    AsyncProxy proxy;

    SharedMemory(int bytes) {
        data = new byte[bytes];
        state = new byte[bytes];
    }

    void clear() {
        Arrays.fill(state, (byte) 0);
        if (proxy != null) {
            proxy.clear();
        }
    }

    /** Checks an access of one lane; a write counts as done. */
    void check(Warp warp, int lane, int offset, int bytes, boolean write) {
        if (offset < 0 || offset > data.length - bytes) {
            throw warp.fault(
                    FaultKind.OUT_OF_BOUNDS,
                    lane,
                    offset & 0xFFFFFFFFL,
                    bytes + " bytes at " + offset + " of " + data.length + " bytes of shared memory");
        }
        if ((offset & bytes - 1) != 0) {
            throw warp.fault(
                    FaultKind.MISALIGNED,
                    lane,
                    offset,
                    bytes + " bytes at " + offset + " of shared memory, which is no multiple of " + bytes);
        }
        if (write) {
            for (int i = offset; i < offset + bytes; i++) {
                if (state[i] == PENDING) {
                    throw pending(warp, lane, i);
                }
            }
            Bytes.fillOnes(state, offset, bytes);
            if (proxy != null) {
                proxy.write(warp, lane, offset, bytes);
            }
        } else if (!Bytes.allOne(state, offset, bytes)) {
            int first = offset;
            while (state[first] == 1) {
                first++;
            }
            if (state[first] == PENDING) {
                throw pending(warp, lane, first);
            }
            throw warp.fault(
                    FaultKind.UNINITIALISED_MEMORY,
                    lane,
                    first,
                    "byte " + first + " of " + data.length + " bytes of shared memory was never written in this block");
        }
        if (warp.block.races != null) {
            warp.block.races.access(warp, lane, offset, bytes, write);
        }
    }

    private static KernelFault pending(Warp warp, int lane, int offset) {
        return warp.fault(
                FaultKind.PENDING_COPY,
                lane,
                offset,
                "byte " + offset + " of shared memory belongs to a cp.async that no wait has completed");
    }
}
