package org.jelectra.gpu.sim;

import java.util.Arrays;
import java.util.Locale;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuOutOfMemoryException;

/**
 * Global memory. An address is the allocation's number times 2^40 plus an offset, and numbers are never used again: an address
 * that leaves its allocation, or outlives it, leads nowhere.
 */
final class DeviceSpace {

    private static final long OFFSET_MASK = (1L << Allocation.OFFSET_BITS) - 1;
    /** Numbers are below this, so that addresses stay apart from those of shared and local memory. */
    private static final int NUMBERS = 1 << 21;

    /** Bytes of the largest allocation, which is an array. */
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private final long capacity;
    private Allocation[] allocations = new Allocation[64];
    /** Descriptions of what has been freed. */
    private String[] freed = new String[64];

    private int next = 1;
    private long used;

    DeviceSpace(long capacity) {
        this.capacity = capacity;
    }

    long free() {
        return capacity - used;
    }

    /**
     * New memory.
     *
     * @param description what it is, for errors
     */
    Allocation allocate(long bytes, String description) {
        if (bytes > capacity - used || next == NUMBERS) {
            throw noRoom(bytes);
        }
        if (bytes > LARGEST) {
            throw new GpuException(
                    801,
                    "CUDA_ERROR_NOT_SUPPORTED",
                    "the simulated device, unlike others, has at most " + LARGEST + " bytes in one piece, got "
                            + bytes);
        }
        if (next == allocations.length) {
            allocations = Arrays.copyOf(allocations, 2 * next);
            freed = Arrays.copyOf(freed, 2 * next);
        }
        Allocation allocation;
        try {
            allocation = new Allocation(next, (int) bytes, description + " " + next);
        } catch (OutOfMemoryError e) {
            throw new GpuOutOfMemoryException(
                    noRoom(bytes), "they lie on the Java heap, which is full: -Xmx makes it larger");
        }
        used += bytes;
        allocations[next++] = allocation;
        return allocation;
    }

    private GpuOutOfMemoryException noRoom(long bytes) {
        return new GpuOutOfMemoryException(2, "CUDA_ERROR_OUT_OF_MEMORY", bytes, capacity - used);
    }

    void release(long address) {
        Allocation allocation = at(address);
        if (allocation == null || allocation.address != address) {
            throw new GpuException(
                    1,
                    "CUDA_ERROR_INVALID_VALUE",
                    "address " + text(address) + " cannot be freed: " + describe(address));
        }
        int number = number(address);
        freed[number] = allocation.toString();
        allocations[number] = null;
        used -= allocation.data.length;
    }

    private static int number(long address) {
        return (int) (address >>> Allocation.OFFSET_BITS);
    }

    /** Offset of an address in its allocation. */
    static int offset(long address) {
        return (int) (address & OFFSET_MASK);
    }

    /** The allocation that an address lies in, or behind by less than 2^40; null where there is none. */
    Allocation at(long address) {
        int number = number(address);
        return number < next ? allocations[number] : null;
    }

    /** Allocations that are left. */
    Allocation[] open() {
        return Arrays.stream(allocations).filter(a -> a != null).toArray(Allocation[]::new);
    }

    /** What an address points to, for errors. */
    String describe(long address) {
        int number = number(address);
        Allocation after = number + 1 < next ? allocations[number + 1] : null;
        if (after != null && after.address - address < 1L << Allocation.OFFSET_BITS - 1) {
            return (after.address - address) + " bytes before " + after;
        }
        Allocation allocation = at(address);
        if (allocation != null) {
            return "byte " + (address & OFFSET_MASK) + " of " + allocation;
        }
        if (number < next && freed[number] != null) {
            return "byte " + (address & OFFSET_MASK) + " of " + freed[number] + ", which has been freed";
        }
        return address == 0 ? "a null pointer" : "no memory";
    }

    static String text(long address) {
        return "0x" + Long.toHexString(address).toUpperCase(Locale.ROOT);
    }

    /**
     * Offset of a range for a copy or fill.
     *
     * @param what the operation, for errors
     */
    Allocation range(String what, long address, long bytes) {
        Allocation allocation = at(address);
        long offset = address & OFFSET_MASK;
        if (bytes < 0 || allocation == null || offset + bytes > allocation.data.length) {
            throw new GpuException(
                    700,
                    "CUDA_ERROR_ILLEGAL_ADDRESS",
                    what + " of " + bytes + " bytes at " + text(address) + ", which is " + describe(address));
        }
        return allocation;
    }
}
