package org.jelectra.gpu.sim;

import java.util.Arrays;

/** The shared memory of a block. */
final class SharedMemory {

    /** The byte has been written. */
    static final byte WRITTEN = 1;
    /** An asynchronous copy may still write this byte. */
    static final byte PENDING = 2;

    final byte[] data;
    /** For each byte 0 before anything is written, then {@link #WRITTEN} or {@link #PENDING}. */
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

    /** Checks an access of some lanes at their places, one after the other; a write counts as done. */
    void check(Warp warp, int lanes, int[] places, int bytes, boolean write) {
        boolean plain = !write && !(warp.current instanceof Atomic);
        if (!plain || !isInside(places, lanes, bytes) || !Bytes.allOne(state, places, lanes, bytes)) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                check(warp, lane, places[lane], bytes, write);
            }
        } else if (warp.block.races != null) {
            warp.block.races.read(warp, lanes, places, bytes);
        }
    }

    /** Whether all lanes access what there is, at multiples of its size. */
    private boolean isInside(int[] places, int lanes, int bytes) {
        int room = data.length - bytes;
        int outside = 0;
        int bits = 0;
        if (lanes == Lanes.ALL) {
            for (int lane = 0; lane < Lanes.COUNT; lane++) {
                outside |= places[lane] | room - places[lane];
                bits |= places[lane];
            }
            return outside >= 0 && (bits & bytes - 1) == 0;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int place = places[Lanes.first(rest)];
            outside |= place | room - place;
            bits |= place;
        }
        return outside >= 0 && (bits & bytes - 1) == 0;
    }

    /** Checks an access of one lane; a write counts as done. */
    void check(Warp warp, int lane, int offset, int bytes, boolean write) {
        if (offset < 0 || offset > data.length - bytes) {
            throw warp.fault(
                    FaultKind.OUT_OF_BOUNDS,
                    lane,
                    offset & 0xFFFFFFFFL,
                    bytes + " bytes at " + offset + " of " + data.length + " bytes of shared memory, "
                            + warp.block.shape.dynamicSharedBytes() + " of them dynamic (LaunchShape.withShared)");
        }
        if ((offset & bytes - 1) != 0) {
            throw warp.fault(
                    FaultKind.MISALIGNED,
                    lane,
                    offset,
                    bytes + " bytes at " + offset + " of shared memory, which is no multiple of " + bytes);
        }
        if (write) {
            if (Bytes.anyHas(state, offset, bytes, PENDING)) {
                int first = offset;
                while (state[first] != PENDING) {
                    first++;
                }
                throw pending(warp, lane, first);
            }
            Bytes.fill(state, offset, bytes, WRITTEN);
            if (proxy != null) {
                proxy.write(warp, lane, offset, bytes);
            }
        } else if (!Bytes.allOne(state, offset, bytes)) {
            int first = offset;
            while (state[first] == WRITTEN) {
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
        SharedRaces races = warp.block.races;
        if (races != null && warp.current instanceof Atomic) {
            races.atomic(warp, lane, offset, bytes);
        } else if (races != null) {
            races.access(warp, lane, offset, bytes, write);
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
