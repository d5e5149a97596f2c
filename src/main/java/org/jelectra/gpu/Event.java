package org.jelectra.gpu;

/** A point in a stream's work. */
public final class Event extends GpuResource {

    private final long handle;

    Event(Gpu gpu, long handle) {
        super(gpu);
        this.handle = handle;
    }

    long handle() {
        return handle;
    }

    /** Marks this point of the stream. */
    public void record(Stream stream) {
        driver().recordEvent(handle, stream.handle());
    }

    /** Waits until the point has been reached. */
    public void synchronize() {
        driver().synchronizeEvent(handle);
    }

    /** Milliseconds from {@code earlier} to this; both must have been reached. */
    public float millisecondsSince(Event earlier) {
        return driver().elapsedMilliseconds(earlier.handle, handle);
    }

    @Override
    void release(GpuDriver driver) {
        driver.destroyEvent(handle);
    }

    @Override
    public String toString() {
        return "event";
    }
}
