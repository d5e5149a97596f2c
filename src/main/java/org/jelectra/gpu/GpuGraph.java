package org.jelectra.gpu;

/** Recorded work that runs as one call. */
public final class GpuGraph extends GpuResource {

    private final long handle;
    /** Null where the driver has it recorded. */
    private final Runnable work;

    GpuGraph(Gpu gpu, long handle) {
        super(gpu);
        this.handle = handle;
        work = null;
    }

    /** A graph that does the work anew, in its own stream; see {@link Gpu#SYNCHRONOUS}. */
    GpuGraph(Gpu gpu, Runnable work) {
        super(gpu);
        handle = 0;
        this.work = work;
    }

    /** Puts all of it into the stream. */
    public void launch(Stream stream) {
        GpuDriver driver = driver();
        if (work == null) {
            driver.launchGraph(handle, stream.handle());
        } else {
            work.run();
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
