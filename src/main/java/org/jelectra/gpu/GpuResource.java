package org.jelectra.gpu;

/**
 * Something that the driver holds for us: memory, a module, a stream. It is known to its {@link Gpu} until it is closed; closing
 * the Gpu closes what is left, the youngest first.
 */
public abstract class GpuResource implements AutoCloseable {

    private final Gpu gpu;
    private boolean closed;

    GpuResource(Gpu gpu) {
        this.gpu = gpu;
        gpu.register(this);
    }

    /** The device that this belongs to. */
    public final Gpu gpu() {
        return gpu;
    }

    final GpuDriver driver() {
        gpu.checkOwner();
        requireOpen();
        return gpu.driver();
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " has been closed");
        }
    }

    abstract void release(GpuDriver driver);

    /** Gives it back to the driver; again: nothing. */
    @Override
    public final void close() {
        if (!closed) {
            GpuDriver driver = driver();
            closed = true;
            gpu.unregister(this);
            release(driver);
        }
    }
}
