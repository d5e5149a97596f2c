package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * The asynchronous copies of a warp's lanes ({@code cp.async}). They land as late as the waits allow, so that a use that does not
 * wait long enough is found: until then the shared memory counts as pending.
 */
final class AsyncCopies {

    private final Warp warp;
    /** Groups that each lane has committed. */
    private final int[] committed = new int[Lanes.COUNT];

    private int count;
    private int[] lane = new int[64];
    private int[] group = new int[64];
    private int[] target = new int[64];
    private int[] bytes = new int[64];
    private long[] low = new long[64];
    private long[] high = new long[64];
    private byte[][] source = new byte[64][];
    private int[] from = new int[64];
    private int[] fromBytes = new int[64];

    AsyncCopies(Warp warp) {
        this.warp = warp;
    }

    void clear() {
        count = 0;
        Arrays.fill(committed, 0);
    }

    /**
     * Begins a copy.
     *
     * @param to offset in shared memory
     * @param size 4, 8 or 16
     * @param lowBits the first 8 bytes of the data
     * @param highBits the other 8
     * @param memory where they come from
     * @param place where they begin there
     * @param read how many come from there; the others are zeros
     */
    void add(int copyLane, int to, int size, long lowBits, long highBits, byte[] memory, int place, int read) {
        warp.block.shared.check(warp, copyLane, to, size, true);
        Bytes.fill(warp.block.shared.state, to, size, SharedMemory.PENDING);
        if (count == lane.length) {
            int length = 2 * count;
            lane = Arrays.copyOf(lane, length);
            group = Arrays.copyOf(group, length);
            target = Arrays.copyOf(target, length);
            bytes = Arrays.copyOf(bytes, length);
            low = Arrays.copyOf(low, length);
            high = Arrays.copyOf(high, length);
            source = Arrays.copyOf(source, length);
            from = Arrays.copyOf(from, length);
            fromBytes = Arrays.copyOf(fromBytes, length);
        }
        lane[count] = copyLane;
        group[count] = committed[copyLane];
        target[count] = to;
        bytes[count] = size;
        low[count] = lowBits;
        high[count] = highBits;
        source[count] = memory;
        from[count] = place;
        fromBytes[count++] = read;
    }

    /** Makes the lanes' copies since the last commit a group. */
    void commit(int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            committed[Lanes.first(rest)]++;
        }
    }

    /** Lets all groups of the lanes land but the youngest {@code pending}. */
    void await(int lanes, int pending) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int of = lane[i];
            if ((lanes >>> of & 1) != 0 && group[i] < committed[of] - pending) {
                land(i);
            } else {
                keep(i, kept++);
            }
        }
        count = kept;
    }

    private void land(int i) {
        checkSource(i);
        SharedMemory shared = warp.block.shared;
        Bytes.fill(shared.state, target[i], bytes[i], SharedMemory.WRITTEN);
        if (bytes[i] == 4) {
            Bytes.INT.set(shared.data, target[i], (int) low[i]);
        } else {
            Bytes.LONG.set(shared.data, target[i], low[i]);
        }
        if (bytes[i] == 16) {
            Bytes.LONG.set(shared.data, target[i] + 8, high[i]);
        }
        if (shared.proxy != null) {
            shared.proxy.write(warp, lane[i], target[i], bytes[i]);
        }
        if (warp.block.races != null) {
            warp.block.races.access(warp, lane[i], target[i], bytes[i], true);
        }
    }

    /** A device may read the source as late as this: it must still hold what was read when the copy was issued. */
    private void checkSource(int i) {
        boolean changed = false;
        int words = fromBytes[i] & -Integer.BYTES;
        for (int j = 0; j < words; j += Integer.BYTES) {
            changed |= (int) Bytes.INT.get(source[i], from[i] + j) != (int) captured(i, j);
        }
        for (int j = words; j < fromBytes[i]; j++) {
            changed |= source[i][from[i] + j] != (byte) captured(i, j);
        }
        if (changed) {
            throw warp.fault(
                    FaultKind.PENDING_COPY,
                    lane[i],
                    target[i],
                    "what a cp.async reads for byte " + target[i] + " of shared memory has changed between it and the"
                            + " wait that completes it");
        }
    }

    /** The bits of a copy from a byte on. */
    private long captured(int i, int at) {
        return (at < Long.BYTES ? low[i] : high[i]) >>> Byte.SIZE * (at & Long.BYTES - 1);
    }

    private void keep(int old, int to) {
        lane[to] = lane[old];
        group[to] = group[old];
        target[to] = target[old];
        bytes[to] = bytes[old];
        low[to] = low[old];
        high[to] = high[old];
        source[to] = source[old];
        from[to] = from[old];
        fromBytes[to] = fromBytes[old];
    }
}
