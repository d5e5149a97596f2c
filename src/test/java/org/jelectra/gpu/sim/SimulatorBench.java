package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;

/** A simulated device for tests, with short ways to arrays and kernels. */
final class SimulatorBench implements AutoCloseable {

    final SimulatedDriver driver;
    final Gpu gpu;

    SimulatorBench(SimulatorOptions options) {
        driver = new SimulatedDriver(options);
        gpu = Gpu.open(driver, 0);
    }

    /** All checks. */
    static SimulatorBench checked() {
        return new SimulatorBench(SimulatorOptions.defaults().withRaces(true).withInstructionLimit(10_000_000));
    }

    /** PTX with one kernel {@code k} of pointer parameters {@code p0}, {@code p1} and so on. */
    static String source(int pointers, String body) {
        StringBuilder parameters = new StringBuilder();
        for (int i = 0; i < pointers; i++) {
            parameters.append(i == 0 ? "" : ", ").append(".param .u64 p").append(i);
        }
        return ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(" + parameters + ") {\n" + body
                + "}\n";
    }

    KernelModule load(String ptx) {
        return gpu.load("test", ptx.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A module from the test resources. */
    KernelModule resource(String name) {
        try (InputStream stream = SimulatorBench.class.getResourceAsStream(name)) {
            return gpu.load(name, stream.readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Runs a kernel once. */
    void run(KernelModule module, String kernel, LaunchShape shape, Consumer<KernelArguments> arguments) {
        KernelArguments values = KernelArguments.of();
        arguments.accept(values);
        try (Launch launch = module.kernel(kernel).prepare(shape, values)) {
            launch.run(gpu.stream());
            gpu.stream().synchronize();
        }
    }

    /** Runs kernel {@code k} of a source with pointers to memory. */
    void run(String ptx, LaunchShape shape, DeviceMemory... pointers) {
        try (KernelModule module = load(ptx)) {
            run(module, "k", shape, arguments -> {
                for (DeviceMemory pointer : pointers) {
                    arguments.pointer(pointer);
                }
            });
        }
    }

    /** What goes wrong in such a run. */
    KernelFault.Report fault(String ptx, LaunchShape shape, DeviceMemory... pointers) {
        KernelFault fault = catchThrowableOfType(KernelFault.class, () -> run(ptx, shape, pointers));
        if (fault == null) {
            throw new AssertionError("the kernel ended without a fault");
        }
        return fault.report();
    }

    DeviceMemory memory(int bytes) {
        return gpu.allocate(bytes);
    }

    DeviceMemory ints(int... values) {
        ByteBuffer buffer = buffer(4 * values.length);
        buffer.asIntBuffer().put(values);
        return upload(buffer);
    }

    DeviceMemory longs(long... values) {
        ByteBuffer buffer = buffer(8 * values.length);
        buffer.asLongBuffer().put(values);
        return upload(buffer);
    }

    DeviceMemory floats(float... values) {
        ByteBuffer buffer = buffer(4 * values.length);
        buffer.asFloatBuffer().put(values);
        return upload(buffer);
    }

    DeviceMemory doubles(double... values) {
        ByteBuffer buffer = buffer(8 * values.length);
        buffer.asDoubleBuffer().put(values);
        return upload(buffer);
    }

    DeviceMemory shorts(short... values) {
        ByteBuffer buffer = buffer(2 * values.length);
        buffer.asShortBuffer().put(values);
        return upload(buffer);
    }

    DeviceMemory bytes(byte... values) {
        return upload(buffer(values.length).put(values).flip());
    }

    private DeviceMemory upload(ByteBuffer buffer) {
        DeviceMemory memory = gpu.allocate(buffer.capacity());
        memory.upload(0, buffer, gpu.stream());
        return memory;
    }

    int[] ints(DeviceMemory memory) {
        int[] values = new int[(int) memory.bytes() / 4];
        download(memory).asIntBuffer().get(values);
        return values;
    }

    long[] longs(DeviceMemory memory) {
        long[] values = new long[(int) memory.bytes() / 8];
        download(memory).asLongBuffer().get(values);
        return values;
    }

    float[] floats(DeviceMemory memory) {
        float[] values = new float[(int) memory.bytes() / 4];
        download(memory).asFloatBuffer().get(values);
        return values;
    }

    double[] doubles(DeviceMemory memory) {
        double[] values = new double[(int) memory.bytes() / 8];
        download(memory).asDoubleBuffer().get(values);
        return values;
    }

    short[] shorts(DeviceMemory memory) {
        short[] values = new short[(int) memory.bytes() / 2];
        download(memory).asShortBuffer().get(values);
        return values;
    }

    private ByteBuffer download(DeviceMemory memory) {
        ByteBuffer buffer = buffer((int) memory.bytes());
        memory.download(0, buffer, gpu.stream());
        return buffer;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        gpu.close();
    }
}
