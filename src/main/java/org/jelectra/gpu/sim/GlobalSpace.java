package org.jelectra.gpu.sim;

/** Global memory. */
final class GlobalSpace extends Space {

    GlobalSpace(int base, long offset) {
        super(base, offset);
    }

    @Override
    int locate(Warp warp, int lanes, int bytes, boolean write) {
        long[] addresses = warp.longs[base];
        int first = Lanes.first(lanes);
        Allocation allocation = warp.block.space.at(addresses[first] + offset);
        if (allocation == null) {
            throw outside(warp, first, bytes, write);
        }
        int[] places = warp.scratch.offsets;
        int located = lanes == Lanes.ALL && locateAll(addresses, allocation, bytes, places)
                ? Lanes.ALL
                : locateSome(warp, lanes, allocation, bytes, write);
        warp.memory = allocation.data;
        byte[] written = allocation.written;
        if (written != null) {
            checkWritten(warp, located, allocation, written, bytes, write);
        }
        if (write) {
            warp.counts.countStore(places, bytes, located);
        } else {
            warp.counts.countLoad(places, bytes, located);
        }
        if (warp.block.globalRaces != null) {
            warp.block.globalRaces.access(warp, located, allocation, bytes, write);
        }
        return located;
    }

    /** Without branches, for the case that all is as it should be; else false. */
    private boolean locateAll(long[] addresses, Allocation allocation, int bytes, int[] places) {
        long shift = offset - allocation.address;
        long room = allocation.data.length - bytes;
        long outside = 0;
        long bits = 0;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            long place = addresses[lane] + shift;
            outside |= place | room - place;
            bits |= place;
            places[lane] = (int) place;
        }
        return outside >= 0 && (bits & bytes - 1) == 0;
    }

    private int locateSome(Warp warp, int lanes, Allocation allocation, int bytes, boolean write) {
        long[] addresses = warp.longs[base];
        int[] places = warp.scratch.offsets;
        int located = 0;
        long room = allocation.data.length - bytes;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            long address = addresses[lane] + offset;
            long place = address - allocation.address;
            if (warp.block.space.at(address) != allocation) {
                continue;
            }
            if (place > room) {
                throw outside(warp, lane, bytes, write);
            }
            requireAligned(warp, lane, bytes);
            places[lane] = (int) place;
            located |= 1 << lane;
        }
        return located;
    }

    /** What a lane accesses. */
    long address(Warp warp, int lane) {
        return warp.longs[base][lane] + offset;
    }

    /** Refuses an address of a lane where no memory is. */
    void requireInside(Warp warp, int lane) {
        long address = address(warp, lane);
        Allocation allocation = warp.block.space.at(address);
        if (allocation == null || address - allocation.address >= allocation.data.length) {
            throw outside(warp, lane, 1, false);
        }
    }

    /** Refuses an address of a lane that is no multiple of what it accesses there. */
    void requireAligned(Warp warp, int lane, int bytes) {
        long address = address(warp, lane);
        if ((address & bytes - 1) != 0) {
            throw warp.fault(
                    FaultKind.MISALIGNED,
                    lane,
                    address,
                    bytes + " bytes at " + DeviceSpace.text(address) + ", which is no multiple of " + bytes);
        }
    }

    private KernelFault outside(Warp warp, int lane, int bytes, boolean write) {
        long address = address(warp, lane);
        return warp.fault(
                FaultKind.OUT_OF_BOUNDS,
                lane,
                address,
                (write ? "write" : "read") + " of " + bytes + " bytes at " + DeviceSpace.text(address) + ", which is "
                        + warp.block.space.describe(address));
    }

    private void checkWritten(Warp warp, int lanes, Allocation allocation, byte[] written, int bytes, boolean write) {
        int[] places = warp.scratch.offsets;
        if (!write && Bytes.allOne(written, places, lanes, bytes)) {
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            if (write) {
                Bytes.fill(written, places[lane], bytes, (byte) 1);
            } else if (!Bytes.allOne(written, places[lane], bytes)) {
                int missing = places[lane];
                while (written[missing] != 0) {
                    missing++;
                }
                throw warp.fault(
                        FaultKind.UNINITIALISED_MEMORY,
                        lane,
                        allocation.address + missing,
                        "nothing has written byte " + missing + " of " + allocation);
            }
        }
    }
}
