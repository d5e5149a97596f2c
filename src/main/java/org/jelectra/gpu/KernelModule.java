package org.jelectra.gpu;

import java.util.Set;

/** Loaded PTX. */
public final class KernelModule extends GpuResource {

    private final String name;
    private final PtxHeader header;
    private final long handle;

    KernelModule(Gpu gpu, String name, PtxHeader header, long handle) {
        super(gpu);
        this.name = name;
        this.header = header;
        this.handle = handle;
    }

    /** Name given at {@link Gpu#load}. */
    public String name() {
        return name;
    }

    /** Names of the kernels in it. */
    public Set<String> kernels() {
        return header.kernels().keySet();
    }

    /**
     * A kernel by its name.
     *
     * @throws IllegalArgumentException where there is none; the message lists those there are
     */
    public Kernel kernel(String kernelName) {
        PtxHeader.Entry entry = header.kernels().get(kernelName);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "module " + name + " has no kernel " + kernelName + "; there are " + kernels());
        }
        long function = driver().function(handle, kernelName);
        return new Kernel(this, kernelName, entry, function, driver().attributes(function));
    }

    @Override
    void release(GpuDriver driver) {
        driver.unloadModule(handle);
    }

    @Override
    public String toString() {
        return "module " + name;
    }
}
