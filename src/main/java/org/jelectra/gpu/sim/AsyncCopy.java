package org.jelectra.gpu.sim;

/**
 * {@code cp.async}: 4, 8 or 16 bytes of each lane from global to shared memory. The source is read when it is issued, and must not change
 * before it has landed.
 */
final class AsyncCopy extends Instruction {

    private final int target;
    private final int targetOffset;
    /** The source, and its following bytes one by one. */
    private final GlobalSpace[] sources;

    private final int bytes;
    /** Register with the number of bytes to read, the others being zeros; {@link #NONE} for all. */
    private final int sourceBytes;

    AsyncCopy(int target, long targetOffset, GlobalSpace[] sources, int bytes, int sourceBytes) {
        this.target = target;
        this.targetOffset = (int) targetOffset;
        this.sources = sources;
        this.bytes = bytes;
        this.sourceBytes = sourceBytes;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] places = warp.scratch.intA;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            places[lane] = warp.ints[target][lane] + targetOffset;
        }
        warp.counts.countShared(places, bytes, lanes);
        int whole = lanes;
        for (int rest = sourceBytes == NONE ? 0 : lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            int size = warp.ints[sourceBytes][lane];
            if (size != bytes) {
                whole &= ~(1 << lane);
                beginPart(warp, lane, places[lane], size);
            }
        }
        while (whole != 0) {
            int located = sources[0].locate(warp, whole, bytes, false);
            for (int rest = located; rest != 0; rest &= rest - 1) {
                begin(warp, Lanes.first(rest), places);
            }
            whole &= ~located;
        }
    }

    /** A copy of which only the first bytes are read, or none; its source is aligned as that of a whole one. */
    private void beginPart(Warp warp, int lane, int place, int size) {
        if (size < 0 || size > bytes) {
            throw warp.fault(
                    FaultKind.OUT_OF_BOUNDS, lane, 0, "a copy of " + bytes + " bytes cannot read " + size + " of them");
        }
        sources[0].requireAligned(warp, lane, bytes);
        long low = 0;
        long high = 0;
        for (int i = 0; i < size; i++) {
            sources[i].locate(warp, 1 << lane, 1, false);
            long value = warp.memory[warp.scratch.offsets[lane]] & 0xFF;
            if (i < 8) {
                low |= value << 8 * i;
            } else {
                high |= value << 8 * i - 64;
            }
        }
        warp.copies.add(lane, place, bytes, low, high, sources[0].address(warp, lane), size);
    }

    private void begin(Warp warp, int lane, int[] places) {
        byte[] memory = warp.memory;
        int from = warp.scratch.offsets[lane];
        long low = bytes == 4 ? (int) Bytes.INT.get(memory, from) : (long) Bytes.LONG.get(memory, from);
        long high = bytes == 16 ? (long) Bytes.LONG.get(memory, from + 8) : 0;
        warp.copies.add(lane, places[lane], bytes, low, high, sources[0].address(warp, lane), bytes);
    }
}
