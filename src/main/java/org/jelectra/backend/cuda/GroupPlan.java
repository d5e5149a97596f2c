package org.jelectra.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the weight gradients of several layers are spread over the device by one launch: most in whole waves of blocks, the rest cut along
 * k, so that no multiprocessor is left without work at the end.
 *
 * @param whole so many layers are not cut, the first ones
 * @param chunk values of k of a block of the others at most; all but the last parts have as many
 */
record GroupPlan(int whole, int chunk) {

    /** Values of k that take as long as a block's start and end do; the longest sum is not cut into more parts than have as many. */
    private static final int OVERHEAD = 256;
    /** Waves of parts: more are not looked at, because few are as good, and a plan's time is added up wave by wave. */
    static final int MOST_WAVES = 32;

    /**
     * The tile of one layer's gradient: the largest that there is a kernel for. A wide one reads no more for columns that are missing than
     * a large one would, and what it reads takes longer than its products, these included.
     */
    static GemmTile tile(GemmSize size, GemmKernels kernels) {
        return GemmPlan.wastesLittle(size) ? kernels.groupTile() : GemmTile.SMALL;
    }

    /**
     * The plan with the shortest time.
     *
     * @param sizes of products that have the same tile, those with the most k first
     */
    static GroupPlan of(List<GemmSize> sizes, GemmTile tile, int multiprocessors, GemmKernels kernels) {
        int room = kernels.blocks(tile) * multiprocessors;
        GroupPlan best = null;
        long least = Long.MAX_VALUE;
        for (GroupPlan plan : candidates(sizes, tile, multiprocessors, kernels)) {
            long time = plan.time(sizes, tile, room, kernels.result());
            if (time < least) {
                least = time;
                best = plan;
            }
        }
        return best;
    }

    /** The plans that are looked at: that of whole layers first, then by the number of parts and of layers that have them. */
    static List<GroupPlan> candidates(List<GemmSize> sizes, GemmTile tile, int multiprocessors, GemmKernels kernels) {
        int longest = sizes.get(0).k();
        int step = kernels.step(tile);
        long most = (long) MOST_WAVES * kernels.blocks(tile) * multiprocessors;
        List<GroupPlan> candidates = new ArrayList<>(List.of(new GroupPlan(sizes.size(), longest)));
        for (int parts = 2; parts <= longest / OVERHEAD; parts++) {
            int chunk = ((longest + parts - 1) / parts + step - 1) / step * step;
            long cut = 0;
            for (int whole = sizes.size() - 1; whole >= 0; whole--) {
                GroupPlan plan = new GroupPlan(whole, chunk);
                int splits = plan.splits(whole, sizes.get(whole));
                cut += splits == 1 ? 0 : tile.count(sizes.get(whole)) * splits;
                if (cut > most) {
                    break;
                }
                candidates.add(plan);
            }
        }
        return candidates;
    }

    /** In values of k of a block. Blocks begin in their order, each where one has ended, the results of all take turns. */
    private long time(List<GemmSize> sizes, GemmTile tile, int room, int result) {
        long results = 0;
        // how many places for blocks become free at a time
        TreeMap<Long, Long> free = new TreeMap<>(Map.of(0L, (long) room));
        for (int i = 0; i < sizes.size(); i++) {
            GemmSize size = sizes.get(i);
            int splits = splits(i, size);
            long length = (splits == 1 ? size.k() : chunk) + OVERHEAD;
            long blocks = tile.count(size) * splits;
            results += blocks;
            while (blocks > 0) {
                Map.Entry<Long, Long> places = free.pollFirstEntry();
                long taken = Math.min(blocks, places.getValue());
                if (taken < places.getValue()) {
                    free.put(places.getKey(), places.getValue() - taken);
                }
                free.merge(places.getKey() + length, taken, Long::sum);
                blocks -= taken;
            }
        }
        return free.lastKey() + results * result / room;
    }

    /** Parts into which the sum over k of layer i is cut. */
    int splits(int i, GemmSize size) {
        return i < whole ? 1 : (size.k() + chunk - 1) / chunk;
    }

    /** Values of k of its parts but the last. */
    int chunk(int i, GemmSize size) {
        return i < whole ? size.k() : chunk;
    }
}
