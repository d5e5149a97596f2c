package org.jelectra.gpu.jcuda;

import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.jcuda.Addresses.HostPointer;

/**
 * Small pieces of native memory whose addresses are known, for the arguments of launches. Java tells no one the address of a
 * buffer; the driver does for memory that it allocates, so pieces are cut from a few large ones of the driver. Arguments that JCuda has to translate
 * at each launch cost about 0.6 microseconds each, a table at a known address 0.25 for all.
 */
final class ArgumentMemory {

    private static final int SLAB_BYTES = 1 << 16;
    private static final int SMALLEST = 64;

    /**
     * A piece.
     *
     * @param address where it is
     * @param buffer its content, in native order
     */
    record Piece(long address, ByteBuffer buffer) {}

    private final Errors errors;
    private final List<HostPointer> slabs = new ArrayList<>();
    private final Map<Integer, Deque<Piece>> free = new HashMap<>();
    private ByteBuffer slab = ByteBuffer.allocate(0);
    private long slabAddress;

    ArgumentMemory(Errors errors) {
        this.errors = errors;
    }

    /** A piece of at least that size, its beginning aligned to 64 bytes. */
    Piece take(int bytes) {
        int size = Math.max(SMALLEST, Integer.highestOneBit(bytes - 1) << 1);
        Deque<Piece> pieces = free.computeIfAbsent(size, unused -> new ArrayDeque<>());
        return pieces.isEmpty() ? cut(size) : pieces.pop();
    }

    /** Gives it back for others. */
    void give(Piece piece) {
        free.get(piece.buffer().capacity()).push(piece);
    }

    private Piece cut(int size) {
        if (slab.remaining() < size) {
            int bytes = Math.max(SLAB_BYTES, size);
            HostPointer pointer = new HostPointer();
            errors.checkPinned(cuMemHostAlloc(pointer, bytes, 0), bytes);
            slabs.add(pointer);
            slab = pointer.getByteBuffer(0, bytes);
            slabAddress = pointer.address();
        }
        int position = slab.position();
        slab.position(position + size);
        return new Piece(slabAddress + position, slab.slice(position, size).order(ByteOrder.nativeOrder()));
    }

    void release() {
        slabs.forEach(pointer -> errors.released(cuMemFreeHost(pointer), "freeing the memory of arguments"));
        slabs.clear();
        free.clear();
        slab = ByteBuffer.allocate(0);
    }
}
