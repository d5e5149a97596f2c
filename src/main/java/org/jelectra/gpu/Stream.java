package org.jelectra.gpu;

/** Work that the device does in the order in which it was given. */
public final class Stream extends GpuResource {

    private final long handle;

    Stream(Gpu gpu, long handle) {
        super(gpu);
        this.handle = handle;
    }

    long handle() {
        return handle;
    }

    /** Waits for all work so far. Errors of kernels come out here. */
    public void synchronize() {
        driver().synchronize(handle);
    }

    /** Lets later work wait for the event. */
    public void waitFor(Event event) {
        driver().waitForEvent(event.handle(), handle);
    }

    /**
     * Records what {@code work} puts into this stream, instead of doing it. The work must not synchronise, allocate or free memory, load
     * modules, prepare launches, nor copy from or to memory that is not pinned. An event that it records is not reached by the graph.
     * With {@link Gpu#SYNCHRONOUS} nothing is recorded: each launch of the graph does the work, which must still be possible then.
     */
    public GpuGraph capture(Runnable work) {
        GpuDriver driver = driver();
        if (gpu().isSynchronous()) {
            return new GpuGraph(gpu(), work, this);
        }
        driver.beginCapture(handle);
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            discardRecording(e);
            throw e;
        }
        return new GpuGraph(gpu(), driver.endCapture(handle));
    }

    // What must not be recorded also spoils the recording, which then fails at its end; the first failure tells why.
    private void discardRecording(Throwable cause) {
        try {
            driver().destroyGraph(driver().endCapture(handle));
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    void release(GpuDriver driver) {
        driver.destroyStream(handle);
    }

    @Override
    public String toString() {
        return "stream";
    }
}
