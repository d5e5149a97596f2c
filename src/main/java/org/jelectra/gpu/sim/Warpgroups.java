package org.jelectra.gpu.sim;

import java.util.Arrays;

/** Finds warps of one warpgroup, four that follow each other, that do not issue the same asynchronous products. */
final class Warpgroups {

    /** Warps of a warpgroup. */
    static final int WARPS = 4;

    private static final int FIELDS = 3;

    private final BlockRun block;
    /** For each warpgroup what its furthest warp has issued: both descriptors, and the line with whether sums are added. */
    private final long[][] issued;
    /** Products that each warp has issued. */
    private final int[] counts;

    Warpgroups(BlockRun block, int warps) {
        this.block = block;
        this.counts = new int[warps];
        this.issued = new long[(warps + WARPS - 1) / WARPS][FIELDS * 16];
    }

    void clear() {
        Arrays.fill(counts, 0);
    }

    /** A warp issues a product, which is a fault if another warp of its group has issued another one in its place. */
    void agree(Warp warp, AsyncProduct product, long left, long right, boolean adds) {
        int group = warp.number / WARPS;
        int first = group * WARPS;
        if (first + WARPS > counts.length || warp.block.warps[first + WARPS - 1].started != Lanes.ALL) {
            throw warp.fault(FaultKind.WARPGROUP, 0, 0, "a warpgroup has 128 threads, the block ends within this one");
        }
        int furthest = 0;
        for (int i = first; i < first + WARPS; i++) {
            furthest = Math.max(furthest, counts[i]);
        }
        int at = FIELDS * counts[warp.number]++;
        long[] log = issued[group];
        long line = 2L * product.source.line() + (adds ? 1 : 0);
        if (at == FIELDS * furthest) {
            if (at == log.length) {
                issued[group] = log = Arrays.copyOf(log, 2 * at);
            }
            log[at] = left;
            log[at + 1] = right;
            log[at + 2] = line;
        } else if (log[at] != left || log[at + 1] != right || log[at + 2] != line) {
            throw warp.fault(
                    FaultKind.WARPGROUP,
                    0,
                    0,
                    "descriptors 0x" + Long.toHexString(left) + " and 0x" + Long.toHexString(right)
                            + (adds ? ", added" : ", not added") + "; another warp of its group has issued line "
                            + log[at + 2] / 2 + " with 0x" + Long.toHexString(log[at]) + " and 0x"
                            + Long.toHexString(log[at + 1]) + ((log[at + 2] & 1) != 0 ? ", added" : ", not added"));
        }
    }

    /** At the end of a block, all warps of a group must have issued as much. */
    void end() {
        for (Warp warp : block.warps) {
            int first = warp.number / WARPS * WARPS;
            if (counts[warp.number] != counts[first]) {
                throw warp.fault(
                        FaultKind.WARPGROUP,
                        0,
                        0,
                        "the warp has issued " + counts[warp.number] + " asynchronous products, the first one of its"
                                + " group " + counts[first]);
            }
        }
    }
}
