package org.jelectra.autograd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * Lays out all tensors of a recording in one arena per element type. Two tensors may share memory when their lifetimes, from
 * the first to the last {@link Run} that touches them, do not overlap. Large tensors are placed first, each at the lowest address
 * that is free for its whole lifetime: a greedy rule, whose result is the same on every run.
 */
public final class MemoryPlan {

    /** Addresses are multiples of this many elements: 128 bytes or more, what GPUs and caches like. */
    private static final int ALIGNMENT = 64;

    private static final class Block {
        final Tensor tensor;
        final long size;
        final int first;
        int last;

        Block(Tensor tensor, int run) {
            this.tensor = tensor;
            this.size = tensor.size();
            this.first = run;
            this.last = run;
        }
    }

    private final Map<DType, Long> sizes = new HashMap<>();

    private MemoryPlan() {}

    /** Binds every unbound tensor of the runs; tensors in {@code kept} live to the end. */
    static MemoryPlan bind(List<Run> runs, List<Tensor> kept, Workspace workspace) {
        MemoryPlan plan = new MemoryPlan();
        Map<Tensor, Block> blocks = lifetimes(runs, kept);
        for (DType dtype : DType.values()) {
            List<Block> ofType = new ArrayList<>();
            for (Block block : blocks.values()) {
                if (block.tensor.dtype() == dtype) {
                    ofType.add(block);
                }
            }
            plan.place(dtype, ofType, runs.size() + 1, workspace);
        }
        return plan;
    }

    private static Map<Tensor, Block> lifetimes(List<Run> runs, List<Tensor> kept) {
        Map<Tensor, Block> blocks = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            int at = i;
            for (Step step : runs.get(i).steps()) {
                for (Tensor tensor : step.tensors()) {
                    if (!tensor.isBound()) {
                        blocks.computeIfAbsent(tensor, t -> new Block(t, at)).last = at;
                    }
                }
            }
        }
        for (Tensor tensor : kept) {
            if (!tensor.isBound()) {
                blocks.computeIfAbsent(tensor, t -> new Block(t, 0)).last = runs.size();
            }
        }
        return blocks;
    }

    private void place(DType dtype, List<Block> blocks, int times, Workspace workspace) {
        if (blocks.isEmpty()) {
            return;
        }
        blocks.sort(Comparator.comparingLong((Block block) -> -block.size).thenComparingInt(block -> block.first));
        AddressMap addresses = new AddressMap(times);
        long[] offsets = new long[blocks.size()];
        long size = 0;
        for (int i = 0; i < offsets.length; i++) {
            Block block = blocks.get(i);
            long taken = aligned(block.size);
            offsets[i] = addresses.take(taken, block.first, block.last);
            size = Math.max(size, offsets[i] + taken);
        }
        sizes.put(dtype, size);
        Storage storage = workspace.storage(dtype, size);
        for (int i = 0; i < offsets.length; i++) {
            blocks.get(i).tensor.bind(storage, offsets[i]);
        }
    }

    private static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Bytes of the arenas. */
    public long bytes() {
        long bytes = 0;
        for (Map.Entry<DType, Long> entry : sizes.entrySet()) {
            bytes += entry.getValue() * entry.getKey().bytes();
        }
        return bytes;
    }
}
