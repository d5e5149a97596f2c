package org.jelectra.gpu;

/** A kernel with its grid and arguments, ready to run. */
public final class Launch extends GpuResource {

    private final String kernel;
    private final LaunchShape shape;
    private final long handle;

    Launch(Gpu gpu, String kernel, LaunchShape shape, long handle) {
        super(gpu);
        this.kernel = kernel;
        this.shape = shape;
        this.handle = handle;
    }

    /** Puts the launch into the stream; with {@link Gpu#SYNCHRONOUS} it waits for the kernel. */
    public void run(Stream stream) {
        driver().launch(handle, stream.handle());
        if (gpu().isSynchronous()) {
            stream.synchronize();
        }
    }

    @Override
    void release(GpuDriver driver) {
        driver.discardLaunch(handle);
    }

    @Override
    public String toString() {
        return kernel + " (" + shape + ")";
    }
}
