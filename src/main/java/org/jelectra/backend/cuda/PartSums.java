package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;

/** Many gradients' parts, added up by one launch. Kernel: {@code kernels/sum_parts.cu}. */
final class PartSums {

    private static final int THREADS = 256;
    private static final int MOST_LANES = 32;
    /** Parts that a thread adds one after the other, about. */
    private static final int PARTS_OF_A_LANE = 8;

    private static final int ENTRY_BYTES = 48;

    /**
     * What one launch left.
     *
     * @param address of the first part, FLOAT32
     * @param stride elements from one part to the next
     * @param number how many there are
     */
    private record Parts(long address, long stride, int number) {

        boolean packs() {
            return address % 16 == 0 && stride % 4 == 0;
        }
    }

    /**
     * A gradient and its parts.
     *
     * @param address of FLOAT32 [count], to which they are added
     */
    private record Target(long address, long count, List<Parts> parts) {

        boolean packs() {
            return address % 16 == 0 && count % 4 == 0 && parts.stream().allMatch(Parts::packs);
        }

        int lanes() {
            int number = parts.stream().mapToInt(Parts::number).sum();
            int lanes = 1;
            while (lanes < MOST_LANES && lanes * PARTS_OF_A_LANE < number) {
                lanes *= 2;
            }
            return lanes;
        }

        int blocks() {
            long elements = (long) (THREADS / lanes()) * (packs() ? 4 : 1);
            return Math.toIntExact((count + elements - 1) / elements);
        }

        /** The entry of parts i; those of i + 1 are {@code others + i}. */
        void put(ByteBuffer table, int i, int others) {
            Parts of = parts.get(i);
            table.putLong(of.address).putLong(address).putLong(count).putLong(of.stride);
            table.putInt(of.number).putInt(i + 1 < parts.size() ? others + i : 0);
            table.putInt(lanes()).putInt(packs() ? 1 : 0);
        }
    }

    private final Device device;
    private final Map<Long, Target> targets = new LinkedHashMap<>();

    PartSums(Device device) {
        this.device = device;
    }

    /**
     * Takes note of parts, which are added after those that the target has already.
     *
     * @param parts address of the first, FLOAT32
     * @param stride elements from one to the next
     * @param number how many there are
     * @param target address of FLOAT32 [count], to which they are added
     */
    void add(long parts, long stride, int number, long target, long count) {
        targets.computeIfAbsent(target, address -> new Target(address, count, new ArrayList<>()))
                .parts
                .add(new Parts(parts, stride, number));
    }

    /** Adds all of them up. */
    Operation operation() {
        if (targets.isEmpty()) {
            return () -> {};
        }
        int entries = targets.values().stream()
                .mapToInt(target -> target.parts.size())
                .sum();
        ByteBuffer table = ByteBuffer.allocateDirect(ENTRY_BYTES * entries).order(ByteOrder.nativeOrder());
        int[] firsts = new int[targets.size()];
        int blocks = 0;
        int owners = 0;
        int others = targets.size();
        for (Target target : targets.values()) {
            target.put(table, 0, others);
            firsts[owners++] = blocks;
            blocks += target.blocks();
            others += target.parts.size() - 1;
        }
        others = targets.size();
        for (Target target : targets.values()) {
            for (int i = 1; i < target.parts.size(); i++) {
                target.put(table, i, others);
            }
            others += target.parts.size() - 1;
        }
        return device.operation(
                device.kernel("sum_parts", "sum_parts"),
                LaunchShape.of(blocks, THREADS),
                KernelArguments.of()
                        .pointer(device.table(table.flip()).address())
                        .pointer(device.table(firsts).address())
                        .int32(firsts.length));
    }
}
