package org.jelectra.gpu;

/** An entry of a module. */
public final class Kernel {

    private static final int SHARED_BYTES_WITHOUT_ASKING = 48 * 1024;

    private final KernelModule module;
    private final String name;
    private final PtxHeader.Entry entry;
    private final long function;
    private final FunctionAttributes attributes;

    Kernel(KernelModule module, String name, PtxHeader.Entry entry, long function, FunctionAttributes attributes) {
        this.module = module;
        this.name = name;
        this.entry = entry;
        this.function = function;
        this.attributes = attributes;
    }

    /** Name in the PTX. */
    public String name() {
        return name;
    }

    /** Threads of the largest block that it is written for, on whatever device; 0 where its source does not say. */
    public int blockThreads() {
        return entry.blockThreads();
    }

    /** Its resources on this device. */
    public FunctionAttributes attributes() {
        return attributes;
    }

    /** Blocks that one multiprocessor holds at a time. */
    public int occupancy(int blockThreads, int dynamicSharedBytes) {
        return module.driver().occupancy(function, blockThreads, dynamicSharedBytes);
    }

    /**
     * Prepares a launch, which can then be run any number of times.
     *
     * @param arguments one for each parameter, of its size
     * @throws IllegalArgumentException where arguments do not fit the kernel's parameters, or the block is too large for it, or a
     *     {@link DeviceMemory} is of another device
     * @throws IllegalStateException where a {@link DeviceMemory} has been closed
     */
    public Launch prepare(LaunchShape shape, KernelArguments arguments) {
        arguments.check(name, module.gpu(), entry.parameters());
        if (shape.threads() > attributes.maxThreads()) {
            throw new IllegalArgumentException(
                    "kernel " + name + " can have blocks of " + attributes.maxThreads() + " threads, got " + shape);
        }
        int limit = module.gpu().properties().sharedMemoryPerBlock() - attributes.staticSharedBytes();
        if (shape.dynamicSharedBytes() > limit) {
            throw new IllegalArgumentException("kernel " + name + " can have " + limit
                    + " bytes of dynamic shared memory on this device, got " + shape);
        }
        GpuDriver driver = module.driver();
        if (shape.dynamicSharedBytes() + attributes.staticSharedBytes() > SHARED_BYTES_WITHOUT_ASKING) {
            driver.allowSharedMemory(function, shape.dynamicSharedBytes());
        }
        long handle = driver.prepareLaunch(function, shape, arguments.buffer(), arguments.offsets());
        return new Launch(module.gpu(), name, shape, handle);
    }

    @Override
    public String toString() {
        return "kernel " + name;
    }
}
