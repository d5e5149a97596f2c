package org.jelectra.gpu;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One device, and all that was made on it. It belongs to the thread that opened it: calls from another thread are an
 * IllegalStateException, because the driver's current device is a matter of the thread.
 */
public final class Gpu implements AutoCloseable {

    /**
     * System property: with {@code true} each {@link Launch} waits for its kernel, so that the error of a kernel comes out where it was
     * launched, and a {@link GpuGraph} does its work anew. For finding faults: it is slow.
     */
    public static final String SYNCHRONOUS = "jelectra.gpu.synchronous";

    private final GpuDriver driver;
    private final DeviceProperties properties;
    private final boolean synchronous;
    private final Thread owner = Thread.currentThread();
    private final Set<GpuResource> resources = new LinkedHashSet<>();
    private final Stream stream;
    private boolean closed;

    private Gpu(GpuDriver driver, DeviceProperties properties, boolean synchronous) {
        this.driver = driver;
        this.properties = properties;
        this.synchronous = synchronous;
        this.stream = new Stream(this, driver.createStream());
    }

    /**
     * Opens a device; the Gpu owns the driver from now on and closes it.
     *
     * @param device 0 for the first
     * @throws GpuUnavailableException where there is no such device
     */
    public static Gpu open(GpuDriver driver, int device) {
        return open(driver, device, isSynchronousRequested());
    }

    static Gpu open(GpuDriver driver, int device, boolean synchronous) {
        int count = driver.deviceCount();
        if (device < 0 || device >= count) {
            throw new GpuUnavailableException(
                    "there is no device " + device + "; this machine has " + count + ", numbered from 0");
        }
        DeviceProperties properties = driver.properties(device);
        driver.open(device);
        return new Gpu(driver, properties, synchronous);
    }

    /** Whether {@link #SYNCHRONOUS} is set. */
    public static boolean isSynchronousRequested() {
        return Boolean.getBoolean(SYNCHRONOUS);
    }

    /** Whether it waits for every kernel. */
    boolean isSynchronous() {
        return synchronous;
    }

    /** Facts about the device. */
    public DeviceProperties properties() {
        return properties;
    }

    /** What drives it, for people. */
    public String description() {
        return properties.name() + ", " + driver.description() + (synchronous ? ", waiting for every kernel" : "");
    }

    /** The stream that work goes to unless another is named. */
    public Stream stream() {
        return stream;
    }

    /** Another stream, independent of {@link #stream}. */
    public Stream createStream() {
        return new Stream(this, driver().createStream());
    }

    /** An event for timing and for ordering streams. */
    public Event createEvent() {
        return new Event(this, driver().createEvent());
    }

    /**
     * Device memory; its content is undefined.
     *
     * @throws GpuOutOfMemoryException where it does not fit
     */
    public DeviceMemory allocate(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("memory must have at least one byte, got " + bytes);
        }
        return new DeviceMemory(this, driver().allocate(bytes), bytes);
    }

    /** Page-locked host memory. */
    public PinnedMemory allocatePinned(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("memory must have at least one byte, got " + bytes);
        }
        return new PinnedMemory(this, driver().allocatePinned(bytes));
    }

    /**
     * Compiles and loads PTX.
     *
     * @param name names the module in errors
     * @param ptx PTX source
     * @throws GpuModuleException with the compiler's log where it is rejected
     */
    public KernelModule load(String name, byte[] ptx) {
        PtxHeader header = PtxHeader.parse(name, ptx);
        header.requireDevice(properties);
        return new KernelModule(this, name, header, driver().loadModule(name, ptx));
    }

    /** Bytes of device memory that are free now. */
    public long freeMemory() {
        return driver().freeMemory();
    }

    /** What has been made and not closed, the oldest first, without the Gpu's own stream. */
    public List<GpuResource> openResources() {
        return resources.stream().filter(resource -> resource != stream).toList();
    }

    GpuDriver driver() {
        checkOwner();
        if (closed) {
            throw new IllegalStateException("the device has been closed");
        }
        return driver;
    }

    void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "the device belongs to the thread '" + owner.getName() + "', which opened it; the thread '"
                            + Thread.currentThread().getName() + "' must not use it");
        }
    }

    void register(GpuResource resource) {
        resources.add(resource);
    }

    void unregister(GpuResource resource) {
        resources.remove(resource);
    }

    private void finish() {
        try {
            stream.synchronize();
        } catch (GpuContextLostException e) {
            // there is nothing to wait for any more, and the fault that lost it has been thrown
        }
    }

    /**
     * Waits for {@link #stream}, whose copies may still use page-locked memory, closes what is left of everything made here, the youngest
     * first, and then the driver. Of several failures the first is thrown, when all is done.
     */
    @Override
    public void close() {
        checkOwner();
        if (closed) {
            return;
        }
        List<Runnable> steps = new ArrayList<>();
        resources.forEach(resource -> steps.add(0, resource::close));
        steps.add(0, this::finish);
        steps.add(() -> closed = true);
        steps.add(driver::close);
        RuntimeException failure = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
