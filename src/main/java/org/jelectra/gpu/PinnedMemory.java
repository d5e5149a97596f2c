package org.jelectra.gpu;

import java.nio.ByteBuffer;

/** Page-locked host memory: copies between it and the device run beside the host's work. */
public final class PinnedMemory extends GpuResource {

    private final ByteBuffer buffer;

    PinnedMemory(Gpu gpu, ByteBuffer buffer) {
        super(gpu);
        this.buffer = buffer;
    }

    /**
     * The memory, in native order; not to be used after {@link #close}, when it is no memory of this process any more.
     *
     * @throws IllegalStateException where it or its device has been closed, or is another thread's
     */
    public ByteBuffer buffer() {
        driver();
        return buffer;
    }

    @Override
    void release(GpuDriver driver) {
        driver.releasePinned(buffer);
    }

    @Override
    public String toString() {
        return "pinned memory of " + buffer.capacity() + " bytes";
    }
}
