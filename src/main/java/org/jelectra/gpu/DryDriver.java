package org.jelectra.gpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A driver without a device that does nothing but keep count of device memory: whatever is prepared on it takes as much there as on
 * the device it stands for. Launches and copies are accepted and do nothing; memory that is downloaded keeps what it held.
 */
public final class DryDriver implements GpuDriver {

    private static final int ALIGNMENT = 256;
    /** Threads of a block that a kernel without the directive may have. */
    private static final int MOST_THREADS = 1024;

    private static final Pattern MOST_THREADS_OF_KERNEL =
            Pattern.compile("\\.entry\\s+([\\w$]+)[^{]*?\\.maxntid\\s+(\\d+)(?:,\\s*(\\d+))?(?:,\\s*(\\d+))?");

    private final DeviceProperties device;
    private final Map<Long, Long> memory = new HashMap<>();
    private final List<Map<String, Integer>> modules = new ArrayList<>();
    private final List<Integer> functions = new ArrayList<>();
    private long nextAddress = ALIGNMENT;
    private long allocated;
    private long handles;

    /** Stands for that device. */
    public DryDriver(DeviceProperties device) {
        this.device = device;
    }

    /** Bytes of device memory that are allocated now. */
    public long allocated() {
        return allocated;
    }

    @Override
    public String description() {
        return "nothing but a count of memory";
    }

    @Override
    public int deviceCount() {
        return 1;
    }

    @Override
    public DeviceProperties properties(int number) {
        return device;
    }

    @Override
    public void open(int number) {}

    @Override
    public long freeMemory() {
        return device.memoryBytes() - allocated;
    }

    @Override
    public long allocate(long bytes) {
        long address = nextAddress;
        nextAddress += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        memory.put(address, bytes);
        allocated += bytes;
        return address;
    }

    @Override
    public void release(long address) {
        allocated -= memory.remove(address);
    }

    @Override
    public ByteBuffer allocatePinned(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void releasePinned(ByteBuffer pinned) {}

    @Override
    public void copyToDevice(long target, ByteBuffer source, long stream) {}

    @Override
    public void copyToHost(ByteBuffer target, long source, long stream) {}

    @Override
    public void fill(long target, int value, long count, long stream) {}

    @Override
    public long createStream() {
        return ++handles;
    }

    @Override
    public void destroyStream(long stream) {}

    @Override
    public void synchronize(long stream) {}

    @Override
    public long createEvent() {
        return ++handles;
    }

    @Override
    public void destroyEvent(long event) {}

    @Override
    public void recordEvent(long event, long stream) {}

    @Override
    public void waitForEvent(long event, long stream) {}

    @Override
    public void synchronizeEvent(long event) {}

    @Override
    public float elapsedMilliseconds(long from, long to) {
        return 0;
    }

    @Override
    public long loadModule(String name, byte[] ptx) {
        Map<String, Integer> threads = new HashMap<>();
        Matcher kernel = MOST_THREADS_OF_KERNEL.matcher(new String(ptx, StandardCharsets.ISO_8859_1));
        while (kernel.find()) {
            int product = 1;
            for (int dimension = 2; dimension <= 4; dimension++) {
                product *= kernel.group(dimension) == null ? 1 : Integer.parseInt(kernel.group(dimension));
            }
            threads.put(kernel.group(1), product);
        }
        modules.add(threads);
        return modules.size() - 1;
    }

    @Override
    public void unloadModule(long module) {}

    @Override
    public long function(long module, String name) {
        functions.add(modules.get((int) module).getOrDefault(name, MOST_THREADS));
        return functions.size() - 1;
    }

    /** The largest block is that of the PTX; resources, which the compiler decides, are 0. */
    @Override
    public FunctionAttributes attributes(long function) {
        return new FunctionAttributes(0, 0, 0, functions.get((int) function));
    }

    @Override
    public void allowSharedMemory(long function, int bytes) {}

    @Override
    public int occupancy(long function, int blockThreads, int dynamicSharedBytes) {
        return 1;
    }

    @Override
    public long prepareLaunch(long function, LaunchShape shape, ByteBuffer arguments, List<Integer> offsets) {
        return ++handles;
    }

    @Override
    public void discardLaunch(long launch) {}

    @Override
    public void launch(long launch, long stream) {}

    @Override
    public void beginCapture(long stream) {}

    @Override
    public long endCapture(long stream) {
        return ++handles;
    }

    @Override
    public void launchGraph(long graph, long stream) {}

    @Override
    public void destroyGraph(long graph) {}

    @Override
    public void close() {}
}
