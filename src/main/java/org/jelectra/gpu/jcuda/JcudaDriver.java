package org.jelectra.gpu.jcuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.FunctionAttributes;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.jcuda.Addresses.DevicePointer;
import org.jelectra.gpu.jcuda.Addresses.HostPointer;

/**
 * CUDA's driver API through JCuda. It works in the device's primary context, which libraries such as cuBLAS use too, so they can
 * share its memory and streams. {@link Jcuda#open} makes it.
 *
 * <p>JCuda's own exceptions carry no error number and are off: every call's number goes through {@link Errors}.
 */
final class JcudaDriver implements GpuDriver {

    private final int version;
    private final Errors errors = new Errors();
    private final ArgumentMemory argumentMemory = new ArgumentMemory(errors);
    private final ModuleLoader moduleLoader;
    private final Handles<WorkStream> streams = new Handles<>("stream");
    private final Handles<CUevent> events = new Handles<>("event");
    private final Handles<CUmodule> modules = new Handles<>("module");
    private final Handles<Function> functions = new Handles<>("function");
    private final Handles<PreparedLaunch> launches = new Handles<>("launch");
    private final Handles<RecordedGraph> graphs = new Handles<>("graph");
    private final Map<ByteBuffer, HostPointer> pinned = new IdentityHashMap<>();
    private final WorkStream defaultStream = new WorkStream(new CUstream());
    private CUdevice device;

    /** A stream, and what was launched on it last. */
    private static final class WorkStream {
        private final CUstream stream;
        private PreparedLaunch last;

        WorkStream(CUstream stream) {
            this.stream = stream;
        }
    }

    private record Function(String name, CUfunction function) {}

    /** An executable graph, and the last launch in it. */
    private record RecordedGraph(CUgraphExec executable, PreparedLaunch last) {}

    JcudaDriver(int version) {
        this.version = version;
        this.moduleLoader = new ModuleLoader(errors, argumentMemory, version);
    }

    @Override
    public String description() {
        return "CUDA " + DriverRelease.cuda(version)
                + DriverRelease.installed()
                        .map(release -> " (driver " + release + ")")
                        .orElse("")
                + " through JCuda " + NativeLibrary.VERSION;
    }

    @Override
    public int deviceCount() {
        int[] count = new int[1];
        errors.check(cuDeviceGetCount(count), "counting devices");
        return count[0];
    }

    @Override
    public DeviceProperties properties(int number) {
        CUdevice asked = device(number);
        byte[] name = new byte[256];
        errors.check(cuDeviceGetName(name, name.length, asked), "asking for the device's name");
        long[] bytes = new long[1];
        errors.check(cuDeviceTotalMem(bytes, asked), "asking for the device's memory");
        return new DeviceProperties(
                terminated(name),
                10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, asked)
                        + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, asked),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, asked),
                bytes[0],
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, asked),
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, asked));
    }

    private CUdevice device(int number) {
        CUdevice result = new CUdevice();
        errors.check(cuDeviceGet(result, number), "asking for device " + number);
        return result;
    }

    private int attribute(int attribute, CUdevice of) {
        int[] value = new int[1];
        errors.check(cuDeviceGetAttribute(value, attribute, of), "asking for a property of the device");
        return value[0];
    }

    private static String terminated(byte[] text) {
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void open(int number) {
        CUdevice opened = device(number);
        CUcontext context = new CUcontext();
        int code = cuDevicePrimaryCtxRetain(context, opened);
        if (code != CUresult.CUDA_SUCCESS) {
            throw unavailable(code, number);
        }
        device = opened;
        errors.check(cuCtxSetCurrent(context), "opening device " + number);
    }

    private static GpuUnavailableException unavailable(int code, int number) {
        String remedy = switch (code) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
                "; others use its memory: nvidia-smi lists them, CUDA_VISIBLE_DEVICES chooses another device";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
                "; another process has it for itself: nvidia-smi lists it, CUDA_VISIBLE_DEVICES chooses another device";
            default ->
                Errors.isFault(code)
                        ? "; a process cannot use the device after a fault: try a new one, and look at nvidia-smi if that fails too"
                        : "; nvidia-smi should show a device in order";
        };
        return new GpuUnavailableException(
                code, Errors.name(code), "opening device " + number + " failed: " + Errors.words(code) + remedy);
    }

    @Override
    public long freeMemory() {
        long[] free = new long[1];
        errors.check(cuMemGetInfo(free, new long[1]), "asking for free memory");
        return free[0];
    }

    @Override
    public long allocate(long bytes) {
        DevicePointer pointer = new DevicePointer();
        int code = cuMemAlloc(pointer, bytes);
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY && !errors.faulted()) {
            throw new GpuOutOfMemoryException(code, Errors.name(code), bytes, Errors.freeMemory());
        }
        errors.check(code, "allocating " + bytes + " bytes on the device");
        return pointer.address();
    }

    @Override
    public void release(long address) {
        errors.released(cuMemFree(Addresses.device(address)), "freeing device memory");
    }

    @Override
    public ByteBuffer allocatePinned(int bytes) {
        HostPointer pointer = new HostPointer();
        errors.checkPinned(cuMemHostAlloc(pointer, bytes, 0), bytes);
        ByteBuffer buffer = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
        pinned.put(buffer, pointer);
        return buffer;
    }

    @Override
    public void releasePinned(ByteBuffer memory) {
        HostPointer pointer = pinned.remove(memory);
        if (pointer == null) {
            throw new IllegalArgumentException("this is not a buffer that allocatePinned gave");
        }
        errors.released(cuMemFreeHost(pointer), "freeing page-locked memory");
    }

    @Override
    public void copyToDevice(long target, ByteBuffer source, long stream) {
        WorkStream to = stream(stream);
        int bytes = source.remaining();
        errors.check(
                cuMemcpyHtoDAsync(Addresses.device(target), Addresses.host(source), bytes, to.stream),
                "copying to the device",
                to.last);
    }

    @Override
    public void copyToHost(ByteBuffer target, long source, long stream) {
        WorkStream from = stream(stream);
        int bytes = target.remaining();
        errors.check(
                cuMemcpyDtoHAsync(Addresses.host(target), Addresses.device(source), bytes, from.stream),
                "copying from the device",
                from.last);
    }

    @Override
    public void fill(long target, int value, long count, long stream) {
        WorkStream on = stream(stream);
        errors.check(
                cuMemsetD32Async(Addresses.device(target), value, count, on.stream), "filling device memory", on.last);
    }

    private WorkStream stream(long handle) {
        return handle == 0 ? defaultStream : streams.get(handle);
    }

    @Override
    public long createStream() {
        CUstream stream = new CUstream();
        errors.check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "creating a stream");
        return streams.add(new WorkStream(stream));
    }

    @Override
    public void destroyStream(long stream) {
        errors.released(cuStreamDestroy(streams.remove(stream).stream), "ending a stream");
    }

    @Override
    public void synchronize(long stream) {
        WorkStream on = stream(stream);
        errors.check(cuStreamSynchronize(on.stream), "waiting for a stream", on.last);
    }

    @Override
    public long createEvent() {
        CUevent event = new CUevent();
        errors.check(cuEventCreate(event, 0), "creating an event");
        return events.add(event);
    }

    @Override
    public void destroyEvent(long event) {
        errors.released(cuEventDestroy(events.remove(event)), "ending an event");
    }

    @Override
    public void recordEvent(long event, long stream) {
        WorkStream on = stream(stream);
        errors.check(cuEventRecord(events.get(event), on.stream), "recording an event", on.last);
    }

    @Override
    public void waitForEvent(long event, long stream) {
        WorkStream on = stream(stream);
        errors.check(cuStreamWaitEvent(on.stream, events.get(event), 0), "waiting for an event", on.last);
    }

    @Override
    public void synchronizeEvent(long event) {
        errors.check(cuEventSynchronize(events.get(event)), "waiting for an event");
    }

    @Override
    public float elapsedMilliseconds(long from, long to) {
        float[] milliseconds = new float[1];
        errors.check(
                cuEventElapsedTime(milliseconds, events.get(from), events.get(to)),
                "taking the time between two events");
        return milliseconds[0];
    }

    @Override
    public long loadModule(String name, byte[] ptx) {
        return modules.add(moduleLoader.load(name, ptx));
    }

    @Override
    public void unloadModule(long module) {
        errors.released(cuModuleUnload(modules.remove(module)), "unloading a module");
    }

    @Override
    public long function(long module, String name) {
        CUfunction function = new CUfunction();
        errors.check(cuModuleGetFunction(function, modules.get(module), name), "looking up the kernel " + name);
        return functions.add(new Function(name, function));
    }

    @Override
    public FunctionAttributes attributes(long function) {
        CUfunction of = functions.get(function).function;
        return new FunctionAttributes(
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS, of),
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, of),
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, of),
                attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, of));
    }

    private int attribute(int attribute, CUfunction of) {
        int[] value = new int[1];
        errors.check(cuFuncGetAttribute(value, attribute, of), "asking for a property of a kernel");
        return value[0];
    }

    @Override
    public void allowSharedMemory(long function, int bytes) {
        Function of = functions.get(function);
        // Never less than before, for whichever handle of the kernel that was: launches that are prepared already may
        // need it.
        int allowed = attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, of.function);
        if (bytes > allowed) {
            errors.check(
                    cuFuncSetAttribute(
                            of.function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                    "allowing " + of.name + " " + bytes + " bytes of shared memory");
        }
    }

    @Override
    public int occupancy(long function, int blockThreads, int dynamicSharedBytes) {
        Function of = functions.get(function);
        int[] blocks = new int[1];
        errors.check(
                cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, of.function, blockThreads, dynamicSharedBytes),
                "asking for the occupancy of " + of.name);
        return blocks[0];
    }

    @Override
    public long prepareLaunch(long function, LaunchShape shape, ByteBuffer arguments, List<Integer> offsets) {
        Function of = functions.get(function);
        int table = Long.BYTES * offsets.size();
        // Arguments are aligned to their size, 8 bytes at most, relative to the beginning of the buffer.
        ArgumentMemory.Piece piece = argumentMemory.take(Math.max(1, table + arguments.remaining()));
        for (int i = 0; i < offsets.size(); i++) {
            piece.buffer().putLong(Long.BYTES * i, piece.address() + table + offsets.get(i));
        }
        piece.buffer().put(table, arguments, arguments.position(), arguments.remaining());
        return launches.add(new PreparedLaunch(of.name, of.function, shape, new HostPointer(piece.address()), piece));
    }

    @Override
    public void discardLaunch(long launch) {
        // The driver has copied the arguments of every launch so far, also of those that are recorded in graphs.
        argumentMemory.give(launches.remove(launch).memory());
    }

    @Override
    public void launch(long launch, long stream) {
        PreparedLaunch prepared = launches.get(launch);
        WorkStream on = stream(stream);
        LaunchShape shape = prepared.shape();
        int code = cuLaunchKernel(
                prepared.function(),
                shape.gridX(),
                shape.gridY(),
                shape.gridZ(),
                shape.blockX(),
                shape.blockY(),
                1,
                shape.dynamicSharedBytes(),
                on.stream,
                prepared.parameters(),
                null);
        errors.checkLaunch(code, prepared, on.last);
        on.last = prepared;
        errors.launched(prepared);
    }

    @Override
    public void beginCapture(long stream) {
        // Of this thread only: what other threads do on other devices is not our matter.
        errors.check(
                cuStreamBeginCapture(stream(stream).stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "beginning to record a graph");
    }

    @Override
    public long endCapture(long stream) {
        WorkStream on = stream(stream);
        CUgraph graph = new CUgraph();
        errors.check(cuStreamEndCapture(on.stream, graph), "recording a graph", on.last);
        CUgraphExec executable = new CUgraphExec();
        int code = cuGraphInstantiate(executable, graph, 0);
        errors.released(cuGraphDestroy(graph), "freeing the recording of a graph");
        errors.check(code, "making a graph executable");
        return graphs.add(new RecordedGraph(executable, on.last));
    }

    @Override
    public void launchGraph(long graph, long stream) {
        RecordedGraph recorded = graphs.get(graph);
        WorkStream on = stream(stream);
        errors.check(cuGraphLaunch(recorded.executable, on.stream), "launching a graph", on.last);
        if (recorded.last != null) {
            on.last = recorded.last;
            errors.launched(recorded.last);
        }
    }

    @Override
    public void destroyGraph(long graph) {
        errors.released(cuGraphExecDestroy(graphs.remove(graph).executable), "freeing a graph");
    }

    @Override
    public void close() {
        if (device != null) {
            CUdevice opened = device;
            device = null;
            try {
                argumentMemory.release();
            } finally {
                errors.released(cuDevicePrimaryCtxRelease(opened), "closing the device");
            }
        }
    }
}
