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
 * and a fence by its thread (PTX ISA, "Causality Order"). What acquires or releases needs no fence on that side. Within both blocks
 * barriers carry the order to other threads. An order by way of a third block does not count, nor one by relaxed loads and stores.
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
    /** The clock of the latest fence of each thread that other blocks may have learnt of. */
    private final Map<Integer, Integer> told = new HashMap<>();

    private final Map<Integer, Set<Word>> met = new HashMap<>();
    private final List<Acquired> acquired = new ArrayList<>();

    /** {@code membar.gl} or a fence of at least the same scope. */
    void fence(Warp warp, int lanes) {
        enter(warp);
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            Fence fence = fenceNow(warp, lane);
            fences.put(thread(warp, lane), fence);
            Set<Word> words = met.remove(thread(warp, lane));
            if (words != null) {
                words.forEach(word -> acquired.add(new Acquired(word, fence)));
            }
        }
    }

    private static Fence fenceNow(Warp warp, int lane) {
        WarpClocks clocks = warp.block.clocks;
        return new Fence(warp.number, lane, clocks.clock(warp.number), clocks.known(warp.number));
    }

    /**
     * A lane writes what other blocks may read: its earlier fence says nothing of that. Returns the lane that counts as the writer: where
     * others may have learnt of that fence, one that no fence before the next barrier covers, so that a write behind it is not mistaken
     * for one before.
     */
    int publish(Warp warp, int lane) {
        enter(warp);
        fences.remove(thread(warp, lane));
        Integer clock = told.get(thread(warp, lane));
        return clock != null && clock == warp.block.clocks.clock(warp.number) ? WarpClocks.SEVERAL : lane;
    }

    /**
     * An atomic operation of a lane, as what it changes. Unlike a {@linkplain #publish store}, it may itself be what its fence is told by, so
     * that the fence stays. Returns the lane that counts as the writer: where a fence before it could be taken for one behind it, none.
     */
    int count(Warp warp, int lane) {
        enter(warp);
        int now = warp.block.clocks.clock(warp.number);
        Fence fence = fences.get(thread(warp, lane));
        boolean fenced = fence != null && fence.clock == now;
        return fenced || told.getOrDefault(thread(warp, lane), -1) == now ? WarpClocks.SEVERAL : lane;
    }

    /** An access of a lane that {@linkplain Access#learns learns} or {@linkplain Access#tells tells}. */
    void meet(Warp warp, int lane, Allocation allocation, int offset) {
        enter(warp);
        Access access = warp.access;
        Word word = new Word(allocation, offset);
        int thread = thread(warp, lane);
        Fence before = access.releases ? fenceNow(warp, lane) : fences.get(thread);
        if (access.tells && !access.learns) {
            released.remove(word); // who reads this write learns of no one before it
        }
        if (access.tells && before != null) {
            released.computeIfAbsent(word, w -> new HashMap<>())
                    .computeIfAbsent(block, b -> new ArrayList<>())
                    .add(before);
            told.merge(thread, before.clock, Math::max);
        }
        if (access.acquires) {
            acquired.add(new Acquired(word, fenceNow(warp, lane)));
        } else if (access.learns) {
            met.computeIfAbsent(thread, t -> new HashSet<>()).add(word);
        }
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
            told.clear();
            met.clear();
            acquired.clear();
        }
    }

    private static int thread(Warp warp, int lane) {
        return warp.number * Lanes.COUNT + lane;
    }
}
