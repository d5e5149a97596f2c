package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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
     * @param parts address of the first part, FLOAT32
     * @param stride elements from one part to the next
     * @param number how many there are
     * @param target address of FLOAT32 [count], to which they are added
     */
    private record Entry(long parts, long stride, int number, long target, long count) {

        boolean packs() {
            return parts % 16 == 0 && target % 16 == 0 && stride % 4 == 0 && count % 4 == 0;
        }

        int lanes() {
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

        void put(ByteBuffer table, int first) {
            table.putLong(parts).putLong(target).putLong(count).putLong(stride);
            table.putInt(number).putInt(lanes()).putInt(first).putInt(packs() ? 1 : 0);
        }
    }

    private final Device device;
    private final List<Entry> entries = new ArrayList<>();

    PartSums(Device device) {
        this.device = device;
    }

    void add(long parts, long stride, int number, long target, long count) {
        entries.add(new Entry(parts, stride, number, target, count));
    }

    /** Adds all of them up. */
    Operation operation() {
        if (entries.isEmpty()) {
            return () -> {};
        }
        ByteBuffer table =
                ByteBuffer.allocateDirect(ENTRY_BYTES * entries.size()).order(ByteOrder.nativeOrder());
        int blocks = 0;
        for (Entry entry : entries) {
            entry.put(table, blocks);
            blocks += entry.blocks();
        }
        return device.operation(
                device.kernel("sum_parts", "sum_parts"),
                LaunchShape.of(blocks, THREADS),
                KernelArguments.of()
                        .pointer(device.table(table.flip()).address())
                        .int32(entries.size()));
    }
}
