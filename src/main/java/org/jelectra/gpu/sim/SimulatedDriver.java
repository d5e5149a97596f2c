package org.jelectra.gpu.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.FunctionAttributes;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuKernelException;
import org.jelectra.gpu.LaunchShape;

/**
 * A driver without a device: kernels are executed in Java, at once or late, by the thread that launches them or waits and its helpers. A
 * kernel that does something wrong ends with a {@link KernelFault} there; unlike with a device, everything works after it.
 */
public final class SimulatedDriver implements GpuDriver {

    private static final int L2_BYTES = 50 << 20;
    private static final int SHARED_WITHOUT_ASKING = 48 << 10;
    private static final byte[] SCRIBBLE = new byte[1 << 16];

    static {
        Arrays.fill(SCRIBBLE, (byte) 0xA5);
    }

    private static final class Function {
        private final LoadedModule module;
        private final Program program;
        private int dynamicSharedLimit;

        private Function(LoadedModule module, Program program) {
            this.module = module;
            this.program = program;
            this.dynamicSharedLimit = SHARED_WITHOUT_ASKING - program.staticSharedBytes;
        }
    }

    private final SimulatorOptions options;
    private final DeviceSpace space;
    private final GridRunner runner;
    private final Streams streams;
    private final Handles<LoadedModule> modules = new Handles<>("module");
    private final Handles<Function> functions = new Handles<>("function");
    private final Handles<PreparedLaunch> launches = new Handles<>("launch");
    private final List<String> preparedKernels = new ArrayList<>();
    private final Map<String, KernelCounters> counters = new LinkedHashMap<>();

    /** With {@link SimulatorOptions#defaults}. */
    public SimulatedDriver() {
        this(SimulatorOptions.defaults());
    }

    /** With some options. */
    public SimulatedDriver(SimulatorOptions options) {
        this.options = options;
        this.space = new DeviceSpace(options.memoryBytes);
        this.runner = new GridRunner(space, options);
        this.streams = new Streams(options.lateWork);
    }

    /** The kernel of each launch that was prepared since the driver was made, in that order. */
    public List<String> preparedKernels() {
        return Collections.unmodifiableList(preparedKernels);
    }

    /** What each kernel has done since the driver was made or the counters were reset, in the order of their first launch. */
    public Map<String, KernelCounters> counters() {
        streams.finish();
        return new LinkedHashMap<>(counters);
    }

    /** Sets all counters to zero. */
    public void resetCounters() {
        streams.finish();
        counters.clear();
    }

    /** Pieces of device memory that have not been freed, as text. */
    public List<String> openAllocations() {
        return Arrays.stream(space.open()).map(Allocation::toString).toList();
    }

    @Override
    public String description() {
        return "PTX executed in Java, " + options.threads + " threads, races "
                + (options.races ? "checked" : "not checked");
    }

    @Override
    public int deviceCount() {
        return 1;
    }

    @Override
    public DeviceProperties properties(int device) {
        return new DeviceProperties(
                options.deviceName,
                options.computeCapability,
                options.multiprocessors,
                options.memoryBytes,
                L2_BYTES,
                Occupancy.sharedPerBlock(options.computeCapability));
    }

    @Override
    public void open(int device) {
        if (device != 0) {
            throw new GpuException(101, "CUDA_ERROR_INVALID_DEVICE", "there is only device 0, got " + device);
        }
    }

    @Override
    public long freeMemory() {
        return space.free();
    }

    @Override
    public long allocate(long bytes) {
        streams.requireNoRecording("allocating memory");
        return space.allocate(bytes, "allocation").address;
    }

    @Override
    public void release(long address) {
        streams.requireNoRecording("freeing memory");
        streams.finish();
        space.release(address);
    }

    @Override
    public ByteBuffer allocatePinned(int bytes) {
        streams.requireNoRecording("allocating page-locked memory");
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        scribble(memory);
        return memory;
    }

    @Override
    public void releasePinned(ByteBuffer memory) {
        streams.requireNoRecording("freeing page-locked memory");
        streams.finish();
        scribble(memory); // the garbage collector frees it
    }

    /** Makes nobody find zeros, or what was there, in page-locked memory that is new or has been freed. */
    private static void scribble(ByteBuffer memory) {
        ByteBuffer rest = memory.duplicate().clear();
        while (rest.hasRemaining()) {
            rest.put(SCRIBBLE, 0, Math.min(SCRIBBLE.length, rest.remaining()));
        }
    }

    @Override
    public void copyToDevice(long target, ByteBuffer source, long stream) {
        ByteBuffer from = source.duplicate();
        streams.submit(stream, () -> {
            Allocation allocation = space.range("copy", target, from.remaining());
            int offset = DeviceSpace.offset(target);
            from.duplicate().get(allocation.data, offset, from.remaining());
            allocation.markWritten(offset, offset + from.remaining());
        });
    }

    @Override
    public void copyToHost(ByteBuffer target, long source, long stream) {
        ByteBuffer to = target.duplicate();
        streams.submit(stream, () -> {
            Allocation allocation = space.range("copy", source, to.remaining());
            int offset = DeviceSpace.offset(source);
            int unwritten = allocation.firstUnwritten(offset, offset + to.remaining());
            if (unwritten < offset + to.remaining()) {
                throw new GpuException(
                        FaultKind.UNINITIALISED_MEMORY.code(),
                        FaultKind.UNINITIALISED_MEMORY.codeName(),
                        "copy of " + to.remaining() + " bytes at " + DeviceSpace.text(source)
                                + " to the host: nothing has written byte " + unwritten + " of " + allocation);
            }
            to.duplicate().put(allocation.data, offset, to.remaining());
        });
    }

    @Override
    public void fill(long target, int value, long count, long stream) {
        streams.submit(stream, () -> {
            Allocation allocation = space.range("fill", target, 4 * count);
            int offset = DeviceSpace.offset(target);
            if ((offset & 3) != 0) {
                throw new GpuException(
                        1, "CUDA_ERROR_INVALID_VALUE", "a fill begins at a multiple of 4 bytes, got " + offset);
            }
            for (int i = 0; i < count; i++) {
                Bytes.INT.set(allocation.data, offset + 4 * i, value);
            }
            allocation.markWritten(offset, offset + (int) (4 * count));
        });
    }

    @Override
    public long createStream() {
        return streams.createStream();
    }

    @Override
    public void destroyStream(long stream) {
        streams.destroyStream(stream);
    }

    @Override
    public void synchronize(long stream) {
        streams.synchronize(stream);
    }

    @Override
    public long createEvent() {
        return streams.createEvent();
    }

    @Override
    public void destroyEvent(long event) {
        streams.destroyEvent(event);
    }

    @Override
    public void recordEvent(long event, long stream) {
        streams.recordEvent(event, stream);
    }

    @Override
    public void waitForEvent(long event, long stream) {
        streams.waitForEvent(event, stream);
    }

    @Override
    public void synchronizeEvent(long event) {
        streams.synchronizeEvent(event);
    }

    @Override
    public float elapsedMilliseconds(long from, long to) {
        return streams.elapsedMilliseconds(from, to);
    }

    @Override
    public long loadModule(String name, byte[] ptx) {
        streams.requireNoRecording("loading a module");
        return modules.add(LoadedModule.load(name, ptx, space, options));
    }

    @Override
    public void unloadModule(long module) {
        streams.finish();
        LoadedModule loaded = modules.remove(module);
        loaded.release(space);
        loaded.programs.values().forEach(runner::forget);
    }

    @Override
    public long function(long module, String name) {
        LoadedModule loaded = modules.get(module);
        Program program = loaded.programs.get(name);
        if (program == null) {
            throw new GpuException(500, "CUDA_ERROR_NOT_FOUND", "the module has no kernel " + name);
        }
        return functions.add(new Function(loaded, program));
    }

    private Function loaded(long function) {
        Function found = functions.get(function);
        found.module.requireLoaded(found.program.name);
        return found;
    }

    @Override
    public FunctionAttributes attributes(long function) {
        Program program = loaded(function).program;
        return new FunctionAttributes(
                program.registers,
                program.staticSharedBytes,
                program.localBytes,
                program.maxThreads > 0 ? program.maxThreads : 1024);
    }

    @Override
    public void allowSharedMemory(long function, int bytes) {
        Function f = loaded(function);
        int limit = Occupancy.sharedPerBlock(options.computeCapability) - f.program.staticSharedBytes;
        if (bytes > limit) {
            throw new GpuException(
                    1,
                    "CUDA_ERROR_INVALID_VALUE",
                    "kernel " + f.program.name + " can have " + limit + " bytes of dynamic shared memory, got "
                            + bytes);
        }
        f.dynamicSharedLimit = Math.max(f.dynamicSharedLimit, bytes);
    }

    @Override
    public int occupancy(long function, int blockThreads, int dynamicSharedBytes) {
        Program program = loaded(function).program;
        return Occupancy.blocks(
                options.computeCapability,
                program.registers,
                blockThreads,
                program.staticSharedBytes + dynamicSharedBytes);
    }

    @Override
    public long prepareLaunch(long function, LaunchShape shape, ByteBuffer arguments, List<Integer> offsets) {
        // the arguments go to page-locked memory, which may have to be allocated
        streams.requireNoRecording("preparing a launch");
        Function f = loaded(function);
        if (!offsets.equals(f.program.parameterOffsets) || arguments.remaining() > f.program.parameterBytes) {
            throw new GpuKernelException(
                    1,
                    "CUDA_ERROR_INVALID_VALUE",
                    f.program.name,
                    "kernel " + f.program.name + " has parameters at bytes " + f.program.parameterOffsets + " of "
                            + f.program.parameterBytes + ", got arguments at " + offsets + " of "
                            + arguments.remaining());
        }
        byte[] parameters = new byte[f.program.parameterBytes];
        arguments.duplicate().get(parameters, 0, arguments.remaining());
        int maxThreads = f.program.maxThreads;
        if (maxThreads > 0 && shape.threads() > maxThreads || shape.dynamicSharedBytes() > f.dynamicSharedLimit) {
            throw new GpuKernelException(
                    1,
                    "CUDA_ERROR_INVALID_VALUE",
                    f.program.name,
                    "kernel " + f.program.name + " can be launched with " + (maxThreads > 0 ? maxThreads : 1024)
                            + " threads and " + f.dynamicSharedLimit + " bytes of dynamic shared memory, got " + shape);
        }
        preparedKernels.add(f.program.name);
        return launches.add(new PreparedLaunch(f.module, f.program, shape, parameters));
    }

    @Override
    public void discardLaunch(long launch) {
        launches.remove(launch);
    }

    @Override
    public void launch(long launch, long stream) {
        PreparedLaunch prepared = launches.get(launch);
        streams.submit(stream, () -> {
            String name = prepared.program().name;
            prepared.module().requireLoaded(name);
            counters.merge(name, runner.run(prepared), KernelCounters::plus);
        });
    }

    @Override
    public void beginCapture(long stream) {
        streams.beginCapture(stream);
    }

    @Override
    public long endCapture(long stream) {
        return streams.endCapture(stream);
    }

    @Override
    public void launchGraph(long graph, long stream) {
        streams.launchGraph(graph, stream);
    }

    @Override
    public void destroyGraph(long graph) {
        streams.destroyGraph(graph);
    }

    @Override
    public void close() {
        runner.close();
    }
}
