package org.jelectra.gpu.jcuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jelectra.backend.Backends;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Event;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuContextLostException;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuGraph;
import org.jelectra.gpu.GpuKernelException;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.PinnedMemory;

/** What the tests of the driver do in Java machines of their own; each prints what it sees. */
final class DriverScenarios {

    private static final String PTX = """
            .version 8.0
            .target sm_80
            .address_size 64
            .visible .entry scale(.param .u64 x, .param .f32 a, .param .u32 n) { ret; }
            .visible .entry mixed(.param .u32 a, .param .u64 b, .param .f32 c, .param .u64 out) { ret; }
            .visible .entry faulty() { ret; }
            .visible .entry harmless() { ret; }
            """;

    private DriverScenarios() {}

    public static void main(String[] arguments) {
        switch (arguments[0]) {
            case "open" -> open();
            case "available" -> System.out.println(Backends.available().get(0));
            case "describe" -> withGpu(DriverScenarios::describe);
            case "launch" -> withGpu(DriverScenarios::launch);
            case "mixed" -> withGpu(DriverScenarios::mixed);
            case "graph" -> withGpu(DriverScenarios::graph);
            case "copies" -> withGpu(DriverScenarios::copies);
            case "events" -> withGpu(DriverScenarios::events);
            case "memory" -> withGpu(DriverScenarios::memory);
            case "reject" ->
                withGpu(gpu ->
                        report(() -> gpu.load("bad.ptx", (PTX + "nonsense").getBytes(StandardCharsets.US_ASCII))));
            case "load" -> withGpu(gpu -> report(() -> load(gpu)));
            case "fault" -> withGpu(DriverScenarios::fault);
            case "faulty graph" -> withGpu(DriverScenarios::faultyGraph);
            case "allocating graph" -> withGpu(DriverScenarios::allocatingGraph);
            case "shared" -> withGpu(DriverScenarios::sharedMemory);
            case "leak" -> leak();
            case "many" -> withGpu(DriverScenarios::manyLaunches);
            case "compile" ->
                report(() -> System.out.println(
                        PtxCompiler.compile("test", PTX.getBytes(StandardCharsets.US_ASCII), "sm_90")));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void withGpu(Consumer<Gpu> action) {
        try (Gpu gpu = Gpu.open(Jcuda.open(), 0)) {
            action.accept(gpu);
        }
    }

    private static void report(Runnable action) {
        try {
            action.run();
            System.out.println("no error");
        } catch (GpuContextLostException e) {
            System.out.println("lost " + e.code() + " " + e.codeName() + " [" + e.kernel() + "] " + e.getMessage());
        } catch (GpuKernelException e) {
            System.out.println(e.code() + " " + e.codeName() + " [" + e.kernel() + "] " + e.getMessage());
        } catch (GpuException e) {
            System.out.println(
                    e.getClass().getSimpleName() + " " + e.code() + " " + e.codeName() + " " + e.getMessage());
        }
    }

    // Twice: a class initialiser that failed once fails differently afterwards.
    private static void open() {
        for (int i = 0; i < 2; i++) {
            report(() -> Jcuda.open().close());
        }
    }

    private static void describe(Gpu gpu) {
        System.out.println(gpu.description());
        System.out.println(gpu.properties());
        System.out.println(gpu.freeMemory());
        System.out.println(load(gpu).kernel("scale").attributes());
        System.out.println(load(gpu).kernel("scale").occupancy(256, 0));
    }

    private static KernelModule load(Gpu gpu) {
        return gpu.load("test.ptx", PTX.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static DeviceMemory floats(Gpu gpu, float... values) {
        DeviceMemory memory = gpu.allocate(4L * values.length);
        ByteBuffer buffer = direct(4 * values.length);
        buffer.asFloatBuffer().put(values);
        memory.upload(0, buffer, gpu.stream());
        return memory;
    }

    private static String floats(Gpu gpu, DeviceMemory memory) {
        ByteBuffer buffer = direct((int) memory.bytes());
        memory.download(0, buffer, gpu.stream());
        gpu.stream().synchronize();
        StringBuilder text = new StringBuilder();
        while (buffer.hasRemaining()) {
            text.append(buffer.getFloat()).append(' ');
        }
        return text.toString().strip();
    }

    private static Launch scale(Kernel kernel, DeviceMemory x, float factor, int n) {
        return kernel.prepare(
                LaunchShape.of(1, 32),
                KernelArguments.of().pointer(x).float32(factor).int32(n));
    }

    private static void launch(Gpu gpu) {
        DeviceMemory x = floats(gpu, 1, 2, 3);
        Kernel kernel = load(gpu).kernel("scale");
        Launch doubled = scale(kernel, x, 2, 3);
        Launch tripled = scale(kernel, x, 3, 1);
        doubled.run(gpu.stream());
        tripled.run(gpu.stream());
        doubled.run(gpu.stream());
        System.out.println(floats(gpu, x));
    }

    private static void mixed(Gpu gpu) {
        DeviceMemory out = gpu.allocate(24);
        KernelArguments arguments =
                KernelArguments.of().int32(-7).int64(1L << 40).float32(0.5f).pointer(out);
        load(gpu).kernel("mixed").prepare(LaunchShape.of(1, 1), arguments).run(gpu.stream());
        ByteBuffer buffer = direct(24);
        out.download(0, buffer, gpu.stream());
        gpu.stream().synchronize();
        System.out.println(buffer.getDouble(0) + " " + buffer.getDouble(8) + " " + buffer.getDouble(16));
    }

    private static void graph(Gpu gpu) {
        DeviceMemory x = floats(gpu, 1, 2);
        Kernel kernel = load(gpu).kernel("scale");
        Launch doubled = scale(kernel, x, 2, 2);
        Launch tripled = scale(kernel, x, 3, 1);
        GpuGraph graph = gpu.stream().capture(() -> {
            doubled.run(gpu.stream());
            tripled.run(gpu.stream());
        });
        System.out.println(floats(gpu, x));
        graph.launch(gpu.stream());
        graph.launch(gpu.stream());
        System.out.println(floats(gpu, x));
        report(() -> gpu.stream().capture(() -> gpu.stream().synchronize()));
        doubled.run(gpu.stream());
        System.out.println(floats(gpu, x));
    }

    private static void copies(Gpu gpu) {
        DeviceMemory memory = gpu.allocate(32);
        memory.fill(0, 7, 8, gpu.stream());
        ByteBuffer source = direct(16);
        source.asIntBuffer().put(new int[] {1, 2, 3, 4});
        source.position(4).limit(12);
        memory.upload(8, source, gpu.stream());
        try (PinnedMemory pinned = gpu.allocatePinned(32)) {
            memory.download(0, pinned.buffer(), gpu.stream());
            gpu.stream().synchronize();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                text.append(pinned.buffer().getInt(4 * i)).append(' ');
            }
            System.out.println(text.toString().strip() + "; positions " + source.position() + " "
                    + pinned.buffer().position());
        }
    }

    private static void events(Gpu gpu) {
        try (Event begin = gpu.createEvent();
                Event end = gpu.createEvent();
                var other = gpu.createStream()) {
            begin.record(gpu.stream());
            load(gpu)
                    .kernel("harmless")
                    .prepare(LaunchShape.of(2, 32), KernelArguments.of())
                    .run(gpu.stream());
            end.record(gpu.stream());
            other.waitFor(end);
            end.synchronize();
            System.out.println(end.millisecondsSince(begin));
        }
    }

    private static void memory(Gpu gpu) {
        report(() -> gpu.allocate(3L << 30));
        report(() -> gpu.allocate(1 << 20));
    }

    private static void fault(Gpu gpu) {
        KernelModule module = load(gpu);
        DeviceMemory x = floats(gpu, 1);
        Launch harmless = module.kernel("harmless").prepare(LaunchShape.of(2, 64), KernelArguments.of());
        Launch faulty = module.kernel("faulty").prepare(LaunchShape.of(3, 64), KernelArguments.of());
        report(() -> {
            harmless.run(gpu.stream());
            faulty.run(gpu.stream());
            harmless.run(gpu.stream());
            gpu.stream().synchronize();
        });
        report(() -> floats(gpu, x));
    }

    private static void faultyGraph(Gpu gpu) {
        KernelModule module = load(gpu);
        Launch harmless = module.kernel("harmless").prepare(LaunchShape.of(2, 64), KernelArguments.of());
        Launch faulty = module.kernel("faulty").prepare(LaunchShape.of(3, 64), KernelArguments.of());
        GpuGraph graph = gpu.stream().capture(() -> {
            harmless.run(gpu.stream());
            faulty.run(gpu.stream());
            harmless.run(gpu.stream());
        });
        report(() -> {
            graph.launch(gpu.stream());
            gpu.stream().synchronize();
        });
    }

    private static void allocatingGraph(Gpu gpu) {
        report(() -> gpu.stream().capture(() -> gpu.allocate(4)));
        report(() -> gpu.stream().capture(() -> gpu.allocatePinned(4)));
        DeviceMemory x = floats(gpu, 1);
        Launch tripled = scale(load(gpu).kernel("scale"), x, 3, 1);
        gpu.stream().capture(() -> tripled.run(gpu.stream())).launch(gpu.stream());
        System.out.println(floats(gpu, x));
    }

    private static void sharedMemory(Gpu gpu) {
        KernelModule module = load(gpu);
        Kernel kernel = module.kernel("harmless");
        Launch large = kernel.prepare(LaunchShape.of(1, 32).withShared(100_000), KernelArguments.of());
        Launch less = module.kernel("harmless").prepare(LaunchShape.of(1, 32).withShared(60_000), KernelArguments.of());
        less.run(gpu.stream());
        large.run(gpu.stream());
        gpu.stream().synchronize();
        System.out.println("done");
        report(() -> {
            Launch refused = kernel.prepare(LaunchShape.of(5, 32), KernelArguments.of());
            refused.run(gpu.stream());
            refused.run(gpu.stream());
        });
    }

    private static void leak() {
        Gpu gpu = Gpu.open(Jcuda.open(), 0);
        floats(gpu, 1);
        load(gpu);
        gpu.createEvent();
        gpu.createStream();
        gpu.allocatePinned(100);
        System.out.println(gpu.openResources());
        gpu.close();
        gpu.close();
    }

    // More than one slab of arguments, given back and taken again.
    private static void manyLaunches(Gpu gpu) {
        DeviceMemory x = floats(gpu, 1);
        Kernel kernel = load(gpu).kernel("scale");
        for (int round = 0; round < 3; round++) {
            Launch[] launches = new Launch[2000];
            for (int i = 0; i < launches.length; i++) {
                launches[i] = scale(kernel, x, i % 2 == 0 ? 2 : 0.5f, 1);
            }
            for (Launch launch : launches) {
                launch.run(gpu.stream());
                launch.close();
            }
        }
        System.out.println(floats(gpu, x));
    }
}
