package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What orders the blocks of a launch, which run one after the other here and side by side on a device: a fence of the device behind
 * what a block has written, an atomic operation by the thread of the fence, then an atomic operation of another block on the same word,
 * and a fence by its thread (PTX ISA, "Causality Order"). Within both blocks barriers carry the order to other threads.
 */
final class BlockOrder {

    /** What must lie between a write of one block and a read of another. */
    static final String NEEDED = "behind the write a fence of the device and an atomic operation are needed,"
            + " and before the read an atomic operation on the same word and a fence";

    /** A fence of a thread: its clock, and the clocks of all warps that its warp knew. */
    private record Fence(int warp, int lane, int clock, int[] known) {}

    private record Word(Allocation allocation, int offset) {}

    /** Where a thread that has met blocks at a word has fenced since. */
    private record Acquired(Word word, Fence fence) {}

    /** For each word and each block that has come to it with an atomic operation, the fences before. */
    private final Map<Word, Map<Long, List<Fence>>> released = new HashMap<>();

    private long block = -1;
    /** Of this block: the latest fence of each thread, behind all that it has published; words that threads have met since one. */
    private final Map<Integer, Fence> fences = new HashMap<>();

    private final Map<Integer, Set<Word>> met = new HashMap<>();
    private final List<Acquired> acquired = new ArrayList<>();

    /** {@code membar.gl} or a fence of at least the same scope. */
    void fence(Warp warp, int lanes) {
        enter(warp);
        WarpClocks clocks = warp.block.clocks;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            Fence fence = new Fence(warp.number, lane, clocks.clock(warp.number), clocks.known(warp.number));
            fences.put(thread(warp, lane), fence);
            Set<Word> words = met.remove(thread(warp, lane));
            if (words != null) {
                words.forEach(word -> acquired.add(new Acquired(word, fence)));
            }
        }
    }

    /** A lane writes what other blocks may read: its earlier fence says nothing of that. */
    void publish(Warp warp, int lane) {
        enter(warp);
        fences.remove(thread(warp, lane));
    }

    /** An atomic operation of a lane. */
    void atomic(Warp warp, int lane, Allocation allocation, int offset) {
        enter(warp);
        Word word = new Word(allocation, offset);
        Fence fence = fences.get(thread(warp, lane));
        if (fence != null) {
            released.computeIfAbsent(word, w -> new HashMap<>())
                    .computeIfAbsent(block, b -> new ArrayList<>())
                    .add(fence);
        }
        met.computeIfAbsent(thread(warp, lane), t -> new HashSet<>()).add(word);
    }

    /**
     * Whether what some warps of an earlier block did is ordered before what a lane does now.
     *
     * @param writers the warps, as bits
     * @param stamp stamp of the last of their accesses
     */
    boolean orders(Warp warp, int lane, long writer, int writers, int stamp) {
        enter(warp);
        WarpClocks clocks = warp.block.clocks;
        for (Acquired by : acquired) {
            Fence here = by.fence;
            if (clocks.unordered(warp.number, lane, here.warp, WarpClocks.stampOf(here.clock, here.lane))) {
                continue;
            }
            for (Fence there : released.getOrDefault(by.word, Map.of()).getOrDefault(writer, List.of())) {
                if (isBefore(there, writers, stamp)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isBefore(Fence fence, int writers, int stamp) {
        for (int rest = writers; rest != 0; rest &= rest - 1) {
            if (WarpClocks.unordered(fence.known, fence.warp, fence.lane, Lanes.first(rest), stamp)) {
                return false;
            }
        }
        return true;
    }

    private void enter(Warp warp) {
        if (warp.block.index != block) {
            block = warp.block.index;
            fences.clear();
            met.clear();
            acquired.clear();
        }
    }

    private static int thread(Warp warp, int lane) {
        return warp.number * Lanes.COUNT + lane;
    }
}
