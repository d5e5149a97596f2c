package org.jelectra.gpu;

/** Recorded work that runs as one call. */
public final class GpuGraph extends GpuResource {

    private final long handle;
    /** What each launch does anew, in the stream where it was captured; both null where the driver has it recorded. */
    private final Runnable work;

    private final Stream captured;

    GpuGraph(Gpu gpu, long handle) {
        super(gpu);
        this.handle = handle;
        work = null;
        captured = null;
    }

    /** A graph that does the work anew; see {@link Gpu#SYNCHRONOUS}. */
    GpuGraph(Gpu gpu, Runnable work, Stream captured) {
        super(gpu);
        handle = 0;
        this.work = work;
        this.captured = captured;
    }

    /** Puts all of it into the stream. */
    public void launch(Stream stream) {
        GpuDriver driver = driver();
        if (work == null) {
            driver.launchGraph(handle, stream.handle());
        } else {
            stream.synchronize();
            work.run();
            captured.synchronize();
        }
    }

    @Override
    void release(GpuDriver driver) {
        if (work == null) {
            driver.destroyGraph(handle);
        }
    }

    @Override
    public String toString() {
        return "graph";
    }
}
