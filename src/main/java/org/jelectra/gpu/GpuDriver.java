package org.jelectra.gpu;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The calls of a CUDA driver that {@link Gpu} needs, in Java types. Handles (modules, functions, streams, events, graphs) are
 * longs that mean something to the driver only; stream 0 is the default stream. Every failure is a {@link GpuException}; nothing
 * here checks threads or keeps books, that is {@link Gpu}'s work. Host memory is always a direct buffer in native byte order, of
 * which the bytes between position and limit count (positions do not move).
 */
public interface GpuDriver extends AutoCloseable {

    /** What this is, for people: binding and driver version, or that it is a simulator. */
    String description();

    /** Number of devices; at least 1 where the driver is usable. */
    int deviceCount();

    /** Facts about a device; needs no {@link #open}. */
    DeviceProperties properties(int device);

    /** Makes the device the one that all following calls of this thread use. */
    void open(int device);

    /** Bytes of device memory that are free now. */
    long freeMemory();

    /**
     * Device memory, aligned to 256 bytes; its content is undefined.
     *
     * @throws GpuOutOfMemoryException where it does not fit
     */
    long allocate(long bytes);

    /** Frees what {@link #allocate} gave. */
    void release(long address);

    /** Page-locked host memory, which copies to and from the device without staging. */
    ByteBuffer allocatePinned(int bytes);

    /** Frees what {@link #allocatePinned} gave. */
    void releasePinned(ByteBuffer memory);

    /** Copies {@code source.remaining()} bytes to the device, in the order of the stream; asynchronous for pinned memory. */
    void copyToDevice(long target, ByteBuffer source, long stream);

    /** Copies {@code target.remaining()} bytes from the device, in the order of the stream; asynchronous for pinned memory. */
    void copyToHost(ByteBuffer target, long source, long stream);

    /** Sets {@code count} 32-bit words to {@code value}, in the order of the stream. */
    void fill(long target, int value, long count, long stream);

    /** A stream that does not wait for the default stream. */
    long createStream();

    /** Ends a stream after its work. */
    void destroyStream(long stream);

    /** Waits for all work of the stream; errors of kernels come out here. */
    void synchronize(long stream);

    /** An event that records times. */
    long createEvent();

    /** Ends an event. */
    void destroyEvent(long event);

    /** Marks this point of the stream. */
    void recordEvent(long event, long stream);

    /** Lets the stream's later work wait for the event. */
    void waitForEvent(long event, long stream);

    /** Waits until the event's point has been reached. */
    void synchronizeEvent(long event);

    /** Milliseconds between two events that have been reached. */
    float elapsedMilliseconds(long from, long to);

    /**
     * Compiles and loads PTX.
     *
     * @param name names the module in errors
     * @param ptx PTX source without a terminating NUL
     * @throws GpuModuleException with the compiler's log where it is rejected
     */
    long loadModule(String name, byte[] ptx);

    /** Unloads a module; its functions are gone. */
    void unloadModule(long module);

    /** An entry of the module. */
    long function(long module, String name);

    /** Resources of a function as compiled for this device. */
    FunctionAttributes attributes(long function);

    /** Lets launches of the function use up to that much dynamic shared memory (needed above 48 KiB). */
    void allowSharedMemory(long function, int bytes);

    /** Blocks of the function that one multiprocessor holds at a time. */
    int occupancy(long function, int blockThreads, int dynamicSharedBytes);

    /**
     * Prepares a launch: the arguments are copied into native memory once, so that {@link #launch} costs one call.
     *
     * @param arguments the parameters' bytes, each at its offset
     * @param offsets where in {@code arguments} each parameter begins
     */
    long prepareLaunch(long function, LaunchShape shape, ByteBuffer arguments, List<Integer> offsets);

    /** Frees a prepared launch. */
    void discardLaunch(long launch);

    /** Puts a prepared launch into the stream. */
    void launch(long launch, long stream);

    /** From here on the stream's work is recorded instead of done. */
    void beginCapture(long stream);

    /** Ends the recording and makes it executable. */
    long endCapture(long stream);

    /** Puts the recorded work into the stream, as one call. */
    void launchGraph(long graph, long stream);

    /** Ends a graph. */
    void destroyGraph(long graph);

    /** Releases the device. All else must have been released before. */
    @Override
    void close();
}
