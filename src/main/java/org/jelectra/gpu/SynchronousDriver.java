package org.jelectra.gpu;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A driver that waits for every kernel before it goes on, so that the error of a kernel comes out where the kernel was launched. Graphs
 * are kept as lists of what was put into them, and run one by one. For finding faults: it is slow.
 */
public final class SynchronousDriver implements GpuDriver {

    /** System property: {@code true} lets the real driver work in this way. */
    public static final String PROPERTY = "jelectra.gpu.synchronous";

    /** What was put into a graph, and the prepared launches in it, which it needs as long as it is there. */
    private record Recording(List<Runnable> work, Set<Long> launches) {

        Recording() {
            this(new ArrayList<>(), new HashSet<>());
        }
    }

    private final GpuDriver driver;
    private final Map<Long, Recording> recordings = new HashMap<>();
    private final Map<Long, Recording> graphs = new HashMap<>();
    private final Set<Long> discarded = new HashSet<>();
    private long graphsMade;

    /** Takes over another driver. */
    public SynchronousDriver(GpuDriver driver) {
        this.driver = driver;
    }

    /** Whether {@link #PROPERTY} is set. */
    public static boolean requested() {
        return Boolean.getBoolean(PROPERTY);
    }

    private void put(long stream, Runnable work) {
        Recording recording = recordings.get(stream);
        if (recording == null) {
            work.run();
            driver.synchronize(stream);
        } else {
            recording.work.add(work);
        }
    }

    @Override
    public String description() {
        return driver.description() + ", waiting for every kernel";
    }

    @Override
    public int version() {
        return driver.version();
    }

    @Override
    public int deviceCount() {
        return driver.deviceCount();
    }

    @Override
    public DeviceProperties properties(int device) {
        return driver.properties(device);
    }

    @Override
    public void open(int device) {
        driver.open(device);
    }

    @Override
    public long freeMemory() {
        return driver.freeMemory();
    }

    @Override
    public long allocate(long bytes) {
        return driver.allocate(bytes);
    }

    @Override
    public void release(long address) {
        driver.release(address);
    }

    @Override
    public ByteBuffer allocatePinned(int bytes) {
        return driver.allocatePinned(bytes);
    }

    @Override
    public void releasePinned(ByteBuffer memory) {
        driver.releasePinned(memory);
    }

    @Override
    public void copyToDevice(long target, ByteBuffer source, long stream) {
        ByteBuffer bytes = source.duplicate();
        put(stream, () -> driver.copyToDevice(target, bytes, stream));
    }

    @Override
    public void copyToHost(ByteBuffer target, long source, long stream) {
        ByteBuffer bytes = target.duplicate();
        put(stream, () -> driver.copyToHost(bytes, source, stream));
    }

    @Override
    public void fill(long target, int value, long count, long stream) {
        put(stream, () -> driver.fill(target, value, count, stream));
    }

    @Override
    public long createStream() {
        return driver.createStream();
    }

    @Override
    public void destroyStream(long stream) {
        driver.destroyStream(stream);
    }

    @Override
    public void synchronize(long stream) {
        driver.synchronize(stream);
    }

    @Override
    public long createEvent() {
        return driver.createEvent();
    }

    @Override
    public void destroyEvent(long event) {
        driver.destroyEvent(event);
    }

    @Override
    public void recordEvent(long event, long stream) {
        put(stream, () -> driver.recordEvent(event, stream));
    }

    @Override
    public void waitForEvent(long event, long stream) {
        put(stream, () -> driver.waitForEvent(event, stream));
    }

    @Override
    public void synchronizeEvent(long event) {
        driver.synchronizeEvent(event);
    }

    @Override
    public float elapsedMilliseconds(long from, long to) {
        return driver.elapsedMilliseconds(from, to);
    }

    @Override
    public long loadModule(String name, byte[] ptx) {
        return driver.loadModule(name, ptx);
    }

    @Override
    public void unloadModule(long module) {
        driver.unloadModule(module);
    }

    @Override
    public long function(long module, String name) {
        return driver.function(module, name);
    }

    @Override
    public FunctionAttributes attributes(long function) {
        return driver.attributes(function);
    }

    @Override
    public void allowSharedMemory(long function, int bytes) {
        driver.allowSharedMemory(function, bytes);
    }

    @Override
    public int occupancy(long function, int blockThreads, int dynamicSharedBytes) {
        return driver.occupancy(function, blockThreads, dynamicSharedBytes);
    }

    @Override
    public long prepareLaunch(long function, LaunchShape shape, ByteBuffer arguments, List<Integer> offsets) {
        return driver.prepareLaunch(function, shape, arguments, offsets);
    }

    @Override
    public void discardLaunch(long launch) {
        discarded.add(launch);
        discardUnused();
    }

    /** Discards the launches that are to be, but for those that a graph still needs. */
    private void discardUnused() {
        for (long launch : List.copyOf(discarded)) {
            if (!isIn(recordings, launch) && !isIn(graphs, launch)) {
                discarded.remove(launch);
                driver.discardLaunch(launch);
            }
        }
    }

    private static boolean isIn(Map<Long, Recording> all, long launch) {
        return all.values().stream().anyMatch(recording -> recording.launches.contains(launch));
    }

    @Override
    public void launch(long launch, long stream) {
        put(stream, () -> driver.launch(launch, stream));
        if (recordings.containsKey(stream)) {
            recordings.get(stream).launches.add(launch);
        }
    }

    @Override
    public void beginCapture(long stream) {
        recordings.put(stream, new Recording());
    }

    @Override
    public long endCapture(long stream) {
        graphs.put(++graphsMade, recordings.remove(stream));
        return graphsMade;
    }

    @Override
    public void launchGraph(long graph, long stream) {
        for (Runnable work : graphs.get(graph).work) {
            work.run();
            driver.synchronize(stream);
        }
    }

    @Override
    public void destroyGraph(long graph) {
        graphs.remove(graph);
        discardUnused();
    }

    @Override
    public void close() {
        driver.close();
    }
}
