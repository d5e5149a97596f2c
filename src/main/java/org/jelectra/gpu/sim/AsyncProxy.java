package org.jelectra.gpu.sim;

import java.util.Arrays;

/**
 * What asynchronous products see of shared memory. They read it through another proxy than loads and stores: what a thread has
 * stored or copied they see after the thread's own {@code fence.proxy.async} and then a barrier (PTX ISA, "Async proxy" and
 * "wgmma.fence"). And nothing may write what a product in flight reads.
 */
final class AsyncProxy {

    private final BlockRun block;
    private final int unitShift;
    /**
     * For each unit of memory: 0 before anything is written; 1 + number of the thread that wrote it and has executed no fence
     * since; -1 - (32 clock + number) of the warp that executed the fence.
     */
    private final int[] writers;
    /** For each chunk of 16 bytes the products in flight that read it, counted once for each warp. */
    private final int[] readers;
    /** For each warp the units that it has written since its last fence, and their number. */
    private final int[][] written;

    private final int[] counts;

    AsyncProxy(BlockRun block, int bytes, int unit, int warps) {
        this.block = block;
        this.unitShift = Integer.numberOfTrailingZeros(unit);
        this.writers = new int[(bytes >> unitShift) + 1];
        this.readers = new int[bytes / MatrixDescriptor.CHUNK + 1];
        this.written = new int[warps][64];
        this.counts = new int[warps];
    }

    void clear() {
        Arrays.fill(writers, 0);
        Arrays.fill(readers, 0);
        Arrays.fill(counts, 0);
    }

    /** A thread writes, by a store or by a copy. */
    void write(Warp warp, int lane, int offset, int bytes) {
        if (readers[offset / MatrixDescriptor.CHUNK] != 0) {
            throw warp.fault(
                    FaultKind.PENDING_PRODUCT,
                    lane,
                    offset,
                    "byte " + offset + " of shared memory is read by a wgmma.mma_async that no wait has completed");
        }
        int writer = 1 + warp.number * Lanes.COUNT + lane;
        int last = offset + bytes - 1 >> unitShift;
        for (int unit = offset >> unitShift; unit <= last; unit++) {
            if (writers[unit] != writer) {
                writers[unit] = writer;
                note(warp.number, unit);
            }
        }
    }

    private void note(int warp, int unit) {
        if (counts[warp] == written[warp].length) {
            written[warp] = Arrays.copyOf(written[warp], 2 * counts[warp]);
        }
        written[warp][counts[warp]++] = unit;
    }

    /** {@code fence.proxy.async} of some lanes. */
    void fence(Warp warp, int lanes) {
        int clock = block.clocks == null ? 0 : block.clocks.clock(warp.number);
        int fenced = -1 - (clock * 32 + warp.number);
        int firstThread = 1 + warp.number * Lanes.COUNT;
        int[] units = written[warp.number];
        int kept = 0;
        for (int i = 0; i < counts[warp.number]; i++) {
            int lane = writers[units[i]] - firstThread;
            if (lane < 0 || lane >= Lanes.COUNT) {
                continue;
            }
            if ((lanes >>> lane & 1) != 0) {
                writers[units[i]] = fenced;
            } else {
                units[kept++] = units[i];
            }
        }
        counts[warp.number] = kept;
    }

    /** A product that reads a chunk is issued. */
    void begin(Warp warp, int place) {
        int last = place + MatrixDescriptor.CHUNK - 1 >> unitShift;
        for (int unit = place >> unitShift; unit <= last; unit++) {
            int writer = writers[unit];
            if (writer > 0) {
                throw unfenced(warp, unit, writer - 1, "has executed no fence.proxy.async since");
            }
            int fence = -1 - writer;
            if (writer != 0 && block.clocks != null && !block.clocks.knows(warp.number, fence & 31, fence >> 5)) {
                throw unfenced(
                        warp, unit, (fence & 31) * Lanes.COUNT, "executed fence.proxy.async with no barrier behind it");
            }
        }
        readers[place / MatrixDescriptor.CHUNK]++;
    }

    /** It is completed. */
    void end(int place) {
        readers[place / MatrixDescriptor.CHUNK]--;
    }

    private KernelFault unfenced(Warp warp, int unit, int thread, String fault) {
        int offset = unit << unitShift;
        return warp.fault(
                FaultKind.UNFENCED,
                0,
                offset,
                "it reads byte " + offset + " of shared memory, and its writer, thread "
                        + block.warps[thread / Lanes.COUNT].thread(thread % Lanes.COUNT) + ", " + fault);
    }
}
