package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * The asynchronous copies of a warp's lanes ({@code cp.async}). They land as late as the waits allow, so that a use that does not
 * wait long enough is found: until then the shared memory counts as pending.
 */
final class AsyncCopies {

    private static final int READ_SHIFT = 8;
    private static final int SIZE_MASK = (1 << READ_SHIFT) - 1;

    private final Warp warp;
    /** Groups that each lane has committed. */
    private final int[] committed = new int[Lanes.COUNT];

    private int count;
    private int[] lane = new int[64];
    private int[] group = new int[64];
    private int[] target = new int[64];
    /** Bytes of the copy, and above them how many are read. */
    private int[] sizes = new int[64];

    private long[] source = new long[64];
    private long[] low = new long[64];
    private long[] high = new long[64];

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
     * @param from their address
     * @param read how many come from there; the others are zeros
     */
    void add(int copyLane, int to, int size, long lowBits, long highBits, long from, int read) {
        warp.block.shared.check(warp, copyLane, to, size, true);
        Bytes.fill(warp.block.shared.state, to, size, SharedMemory.PENDING);
        if (count == lane.length) {
            int length = 2 * count;
            lane = Arrays.copyOf(lane, length);
            group = Arrays.copyOf(group, length);
            target = Arrays.copyOf(target, length);
            sizes = Arrays.copyOf(sizes, length);
            source = Arrays.copyOf(source, length);
            low = Arrays.copyOf(low, length);
            high = Arrays.copyOf(high, length);
        }
        lane[count] = copyLane;
        group[count] = committed[copyLane];
        target[count] = to;
        sizes[count] = size | read << READ_SHIFT;
        source[count] = from;
        low[count] = lowBits;
        high[count++] = highBits;
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
        SharedMemory shared = warp.block.shared;
        int bytes = sizes[i] & SIZE_MASK;
        checkSource(i, bytes, sizes[i] >> READ_SHIFT);
        Bytes.fill(shared.state, target[i], bytes, SharedMemory.WRITTEN);
        if (bytes == 4) {
            Bytes.INT.set(shared.data, target[i], (int) low[i]);
        } else {
            Bytes.LONG.set(shared.data, target[i], low[i]);
        }
        if (bytes == 16) {
            Bytes.LONG.set(shared.data, target[i] + 8, high[i]);
        }
        if (shared.proxy != null) {
            shared.proxy.write(warp, lane[i], target[i], bytes);
        }
        if (warp.block.races != null) {
            warp.block.races.access(warp, lane[i], target[i], bytes, true);
        }
    }

    /** A device may read the source as late as this: it must still hold what was read when the copy was issued. */
    private void checkSource(int i, int bytes, int read) {
        if (read == 0) {
            return;
        }
        byte[] memory = warp.block.space.at(source[i]).data;
        int from = DeviceSpace.offset(source[i]);
        boolean same = read < bytes
                ? isSame(i, memory, from, read)
                : bytes == 4
                        ? (int) Bytes.INT.get(memory, from) == (int) low[i]
                        : (long) Bytes.LONG.get(memory, from) == low[i]
                                && (bytes == 8 || (long) Bytes.LONG.get(memory, from + 8) == high[i]);
        if (!same) {
            throw warp.fault(
                    FaultKind.PENDING_COPY,
                    lane[i],
                    target[i],
                    "what a cp.async reads for byte " + target[i] + " of shared memory has changed between it and the"
                            + " wait that completes it");
        }
    }

    private boolean isSame(int i, byte[] memory, int from, int read) {
        for (int j = 0; j < read; j++) {
            if (memory[from + j] != (byte) ((j < 8 ? low[i] : high[i]) >>> Byte.SIZE * (j & 7))) {
                return false;
            }
        }
        return true;
    }

    private void keep(int old, int to) {
        lane[to] = lane[old];
        group[to] = group[old];
        target[to] = target[old];
        sizes[to] = sizes[old];
        source[to] = source[old];
        low[to] = low[old];
        high[to] = high[old];
    }
}
