package org.jelectra.gpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The arguments of a launch, in the order of the kernel's parameters. */
public final class KernelArguments {

    private static final int LIMIT = 4096;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LIMIT).order(ByteOrder.nativeOrder());
    private final List<Integer> offsets = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final List<DeviceMemory> memories = new ArrayList<>();

    /** No arguments yet. */
    public static KernelArguments of() {
        return new KernelArguments();
    }

    private KernelArguments() {}

    /** A pointer to the beginning of device memory, which must be open and of the kernel's device when the launch is prepared. */
    public KernelArguments pointer(DeviceMemory memory) {
        memories.add(memory);
        return pointer(memory.address());
    }

    /** A device address, which nobody checks; 0 for a null pointer. */
    public KernelArguments pointer(long address) {
        begin(8);
        buffer.putLong(address);
        return this;
    }

    /** A 32-bit integer. */
    public KernelArguments int32(int value) {
        begin(4);
        buffer.putInt(value);
        return this;
    }

    /** A 64-bit integer. */
    public KernelArguments int64(long value) {
        begin(8);
        buffer.putLong(value);
        return this;
    }

    /** A 32-bit floating-point number. */
    public KernelArguments float32(float value) {
        begin(4);
        buffer.putFloat(value);
        return this;
    }

    /** A 64-bit floating-point number. */
    public KernelArguments float64(double value) {
        begin(8);
        buffer.putDouble(value);
        return this;
    }

    private void begin(int size) {
        int position = (buffer.position() + size - 1) & -size;
        if (position + size > LIMIT) {
            throw new IllegalArgumentException("a kernel takes at most " + LIMIT + " bytes of arguments");
        }
        buffer.position(position);
        offsets.add(position);
        sizes.add(size);
    }

    /** The bytes so far, each argument at a multiple of its size, as the fields of a structure in C are. */
    public ByteBuffer buffer() {
        return buffer.duplicate().order(ByteOrder.nativeOrder()).flip();
    }

    List<Integer> offsets() {
        return List.copyOf(offsets);
    }

    void check(String kernel, Gpu gpu, List<PtxHeader.Parameter> parameters) {
        List<Integer> expected =
                parameters.stream().map(PtxHeader.Parameter::bytes).toList();
        if (!expected.equals(sizes)) {
            throw new IllegalArgumentException("kernel " + kernel + " takes " + expected.size()
                    + " arguments of these sizes in bytes: " + expected + "; got " + sizes.size() + ": " + sizes);
        }
        for (DeviceMemory memory : memories) {
            if (memory.gpu() != gpu) {
                throw new IllegalArgumentException("kernel " + kernel + " was given " + memory + " of another device");
            }
            memory.requireOpen();
        }
    }
}
