package org.jelectra.gpu.sim;

import java.util.Arrays;

/** The local memory of a warp's lanes, one after the other. */
final class LocalMemory {

    final byte[] data;
    private final byte[] written;
    private final int bytesPerLane;
    private final Warp warp;

    LocalMemory(Warp warp, int bytesPerLane) {
        this.warp = warp;
        this.bytesPerLane = bytesPerLane;
        this.data = new byte[Lanes.COUNT * bytesPerLane];
        this.written = new byte[data.length];
    }

    void clear() {
        Arrays.fill(written, (byte) 0);
    }

    /** Checks an access and returns where it lies in {@link #data}. */
    int locate(int lane, long address, int bytes, boolean write) {
        if (address < 0 || address > bytesPerLane - bytes) {
            throw warp.fault(
                    FaultKind.OUT_OF_BOUNDS,
                    lane,
                    address,
                    bytes + " bytes at " + address + " of " + bytesPerLane + " bytes of local memory");
        }
        if ((address & bytes - 1) != 0) {
            throw warp.fault(
                    FaultKind.MISALIGNED,
                    lane,
                    address,
                    bytes + " bytes at " + address + " of local memory, which is no multiple of " + bytes);
        }
        int place = lane * bytesPerLane + (int) address;
        for (int i = place; i < place + bytes; i++) {
            if (!write && written[i] == 0) {
                throw warp.fault(
                        FaultKind.UNINITIALISED_MEMORY,
                        lane,
                        address,
                        "byte " + (i - lane * bytesPerLane) + " of local memory was never written");
            }
            written[i] = 1;
        }
        return place;
    }
}
