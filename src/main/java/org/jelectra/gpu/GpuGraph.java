package org.jelectra.gpu;

/** Recorded work that runs as one call. */
public final class GpuGraph extends GpuResource {

    private final long handle;

    GpuGraph(Gpu gpu, long handle) {
        super(gpu);
        this.handle = handle;
    }

    /** Puts all of it into the stream. */
    public void launch(Stream stream) {
        driver().launchGraph(handle, stream.handle());
    }

    @Override
    void release(GpuDriver driver) {
        driver.destroyGraph(handle);
    }

    @Override
    public String toString() {
        return "graph";
    }
}
