package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuGraph;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.Stream;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** What all families share: the device, its kernels (each module is loaded when it is first used), and scratch memory. */
final class Device implements AutoCloseable {

    private static final long SCRATCH_BYTES = 1 << 20;

    private record KernelName(String family, String name) {}

    private final Gpu gpu;
    private final Stream stream;
    private final KernelModules modules;
    private final Map<KernelName, Kernel> kernels = new HashMap<>();
    private DeviceMemory scratch;
    private DeviceMemory counters;
    private boolean recording;
    private final List<DeviceMemory> partials = new ArrayList<>();

    Device(Gpu gpu) {
        this(gpu, new KernelModules(gpu));
    }

    Device(Gpu gpu, KernelModules modules) {
        this.gpu = gpu;
        this.stream = gpu.stream();
        this.modules = modules;
    }

    Gpu gpu() {
        return gpu;
    }

    Stream stream() {
        return stream;
    }

    int multiprocessors() {
        return gpu.properties().multiprocessors();
    }

    /** The kernel {@code name} of a family. */
    Kernel kernel(String family, String name) {
        return kernels.computeIfAbsent(
                new KernelName(family, name), k -> modules.of(family).kernel(name));
    }

    /** The kernel {@code name_f32} or {@code name_bf16}, by the type of its values. */
    Kernel kernel(String family, String name, DType values) {
        return kernel(family, name + (values == DType.BFLOAT16 ? "_bf16" : "_f32"));
    }

    /** Whether a family's kernels are those for compute capability 9.0 alone. */
    boolean loadsSm90a(String family) {
        return modules.isSm90a(family);
    }

    /** Loads these families. */
    List<LoadedKernel> load(List<String> families) {
        List<LoadedKernel> all = new ArrayList<>();
        for (String family : families) {
            for (String name : modules.of(family).kernels()) {
                all.add(new LoadedKernel(
                        family, name, modules.of(family).kernel(name).attributes()));
            }
        }
        return all;
    }

    /** Names of the kernels that operations have asked for. */
    Set<String> usedKernels() {
        return kernels.keySet().stream().map(KernelName::name).collect(Collectors.toSet());
    }

    /** As {@link KernelModules#target}. */
    String target() {
        return modules.target();
    }

    /** As {@link KernelModules#rejections}. */
    List<String> rejections() {
        return modules.rejections();
    }

    /**
     * Address of the tensor's first element; 0 for null.
     *
     * @throws IllegalArgumentException if the tensor is not in the memory of this device: to another one its address means nothing
     */
    long address(Tensor tensor) {
        return tensor == null ? 0 : CudaStorage.of(tensor, this).address(tensor.offset());
    }

    /** The same in bf16: the tensor's own address where it is BFLOAT16, else that in the copy beside its storage. */
    long bf16Address(Tensor tensor) {
        return tensor.dtype() == DType.BFLOAT16
                ? address(tensor)
                : CudaStorage.of(tensor, this).bf16CopyAddress(tensor.offset());
    }

    /** An operation of one launch. */
    Operation operation(Kernel kernel, LaunchShape shape, KernelArguments arguments) {
        Launch launch = kernel.prepare(shape, arguments);
        return () -> launch.run(stream);
    }

    /** The work as a graph, which is not run. */
    GpuGraph record(Operation work) {
        recording = true;
        try {
            return stream.capture(work::run);
        } finally {
            recording = false;
        }
    }

    /** Whether what runs now is recorded instead. */
    boolean isRecording() {
        return recording;
    }

    /**
     * Address of at least that many bytes for use within one operation: the next operation may overwrite them. All operations
     * share them because they run one after the other.
     */
    long scratch(long bytes) {
        if (scratch == null || scratch.bytes() < bytes) {
            // the smaller one stays: operations prepared earlier use it
            scratch = gpu.allocate(Math.max(SCRATCH_BYTES, Math.max(bytes, scratch == null ? 0 : 2 * scratch.bytes())));
        }
        return scratch.address();
    }

    /**
     * Address of 32-bit words, one for each multiprocessor, which are 0 before and after each launch: there the blocks that share a
     * result count which of them is the last. All operations share them as they do {@link #scratch}.
     */
    long counters() {
        if (counters == null) {
            counters = table(new int[multiprocessors()]);
        }
        return counters.address();
    }

    /**
     * Address of at least that many bytes which operations leave for the end of their group of gradients; groups follow each
     * other, so all of them share it.
     *
     * @param place counts the requests of a group from 0
     */
    long partials(int place, long bytes) {
        if (place == partials.size()) {
            partials.add(gpu.allocate(bytes));
        } else if (partials.get(place).bytes() < bytes) {
            // the smaller one stays: operations prepared earlier use it
            partials.set(place, gpu.allocate(bytes));
        }
        return partials.get(place).address();
    }

    /** Memory with these contents, which operations read until the device is closed. */
    DeviceMemory table(ByteBuffer contents) {
        DeviceMemory memory = gpu.allocate(contents.remaining());
        memory.upload(0, contents, stream);
        stream.synchronize();
        return memory;
    }

    /** As {@link #table(ByteBuffer)}, of 32-bit numbers. */
    DeviceMemory table(int... numbers) {
        ByteBuffer contents =
                ByteBuffer.allocateDirect(Integer.BYTES * numbers.length).order(ByteOrder.nativeOrder());
        contents.asIntBuffer().put(numbers);
        return table(contents);
    }

    @Override
    public void close() {
        gpu.close();
    }
}
