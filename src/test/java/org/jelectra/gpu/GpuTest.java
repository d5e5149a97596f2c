package org.jelectra.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of the objects around a device: whom they belong to, what is left open, what fits. */
class GpuTest {

    private static final String PTX = """
            .version 8.0
            .target sm_80
            .address_size 64
            .visible .entry increment(.param .u64 x, .param .u32 by) {
                .reg .b64 %x; .reg .b32 %v, %by;
                ld.param.u64 %x, [x];
                ld.param.u32 %by, [by];
                ld.global.u32 %v, [%x];
                add.u32 %v, %v, %by;
                st.global.u32 [%x], %v;
                ret;
            }
            """;

    private SimulatedDriver driver;
    private Gpu gpu;

    @BeforeEach
    void open() {
        driver = new SimulatedDriver(SimulatorOptions.defaults().withThreads(1));
        gpu = Gpu.open(driver, 0);
    }

    @AfterEach
    void close() {
        gpu.close();
        assertThat(driver.openAllocations()).isEmpty();
    }

    private static byte[] ptx() {
        return PTX.getBytes(StandardCharsets.US_ASCII);
    }

    private Kernel increment() {
        return gpu.load("test.ptx", ptx()).kernel("increment");
    }

    private int read(DeviceMemory memory) {
        try (PinnedMemory host = gpu.allocatePinned(4)) {
            memory.download(0, host.buffer(), gpu.stream());
            gpu.stream().synchronize();
            return host.buffer().getInt(0);
        }
    }

    @Test
    void devicesAreNumbered() {
        assertThatThrownBy(() -> Gpu.open(new SimulatedDriver(), 3))
                .isInstanceOf(GpuUnavailableException.class)
                .hasMessage("there is no device 3; this machine has 1, numbered from 0");
    }

    @Test
    void belongsToTheThreadThatOpenedIt() {
        DeviceMemory memory = gpu.allocate(4);
        String owner = Thread.currentThread().getName();

        assertThatThrownBy(
                        () -> CompletableFuture.runAsync(() -> gpu.allocate(4)).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("the device belongs to the thread '" + owner
                        + "', which opened it; the thread '.*' must not use it");
        assertThatThrownBy(() -> CompletableFuture.runAsync(memory::close).join())
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CompletableFuture.runAsync(gpu::close).join())
                .hasCauseInstanceOf(IllegalStateException.class);
        memory.close();
    }

    @Test
    void tellsWhatIsOpenTheOldestFirst() {
        assertThat(gpu.openResources()).isEmpty();
        DeviceMemory memory = gpu.allocate(40);
        KernelModule module = gpu.load("test.ptx", ptx());
        Launch launch = module.kernel("increment")
                .prepare(
                        LaunchShape.of(1, 2, 32),
                        KernelArguments.of().pointer(memory).int32(1));
        Event event = gpu.createEvent();

        assertThat(gpu.openResources()).containsExactly(memory, module, launch, event);
        assertThat(gpu.openResources())
                .asString()
                .isEqualTo("[device memory of 40 bytes, module test.ptx, increment (grid 1x2x1, block 32x1), event]");
        memory.close();
        memory.close();
        assertThat(gpu.openResources()).containsExactly(module, launch, event);
    }

    @Test
    void whatIsClosedCannotBeUsed() {
        DeviceMemory memory = gpu.allocate(4);
        memory.close();
        assertThatThrownBy(() -> memory.fill(0, 1, 1, gpu.stream()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("device memory of 4 bytes has been closed");
        gpu.close();
        gpu.close();
        assertThatThrownBy(() -> gpu.allocate(4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the device has been closed");
    }

    @Test
    void pageLockedMemoryThatIsClosedIsNoMemory() {
        PinnedMemory host = gpu.allocatePinned(4);
        host.close();
        assertThatThrownBy(host::buffer)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("pinned memory of 4 bytes has been closed");
        PinnedMemory left = gpu.allocatePinned(4);
        gpu.close();
        assertThatThrownBy(left::buffer).isInstanceOf(IllegalStateException.class);
    }

    /** Copies may still use page-locked memory, and what goes wrong in the stream must not keep anything from being freed. */
    @Test
    void closingWaitsForTheStreamFirst() {
        List<String> calls = new ArrayList<>();
        SimulatedDriver late = new SimulatedDriver(SimulatorOptions.defaults().withLateWork(true));
        GpuDriver watched = (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    try {
                        return method.invoke(late, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Gpu device = Gpu.open(watched, 0);
        PinnedMemory host = device.allocatePinned(4);
        device.allocate(4).download(0, host.buffer(), device.stream());
        calls.clear();

        assertThatThrownBy(device::close).isInstanceOf(GpuException.class).hasMessageContaining("nothing has written");

        assertThat(calls).containsExactly("synchronize", "release", "releasePinned", "destroyStream", "close");
        assertThat(late.openAllocations()).isEmpty();
        device.close();
    }

    @Test
    void copiesStayWithinTheMemory() {
        DeviceMemory memory = gpu.allocate(8);
        assertThatThrownBy(() -> memory.upload(4, ByteBuffer.allocateDirect(8), gpu.stream()))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("8 bytes at 4 leave a memory of 8 bytes");
        assertThatThrownBy(() -> memory.fill(4, 0, 2, gpu.stream())).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.download(0, ByteBuffer.allocate(8), gpu.stream()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("copies need a direct buffer, got one on the Java heap");
        assertThatThrownBy(() -> gpu.allocate(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("memory must have at least one byte, got 0");
    }

    @Test
    void memoryThatDoesNotFitNamesBothNumbers() {
        try (Gpu small =
                Gpu.open(new SimulatedDriver(SimulatorOptions.defaults().withMemory(1 << 20)), 0)) {
            assertThatThrownBy(() -> small.allocate(2 << 20))
                    .isInstanceOfSatisfying(GpuOutOfMemoryException.class, e -> {
                        assertThat(e.requested()).isEqualTo(2 << 20);
                        assertThat(e.free()).isEqualTo(1 << 20);
                    });
        }
    }

    @Test
    void memoryOfAnotherDeviceIsRefused() {
        Kernel kernel = increment();
        try (Gpu other =
                Gpu.open(new SimulatedDriver(SimulatorOptions.defaults().withThreads(1)), 0)) {
            KernelArguments arguments =
                    KernelArguments.of().pointer(other.allocate(4)).int32(1);
            assertThatThrownBy(() -> kernel.prepare(LaunchShape.of(1, 1), arguments))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("kernel increment was given device memory of 4 bytes of another device");
        }
        DeviceMemory closed = gpu.allocate(4);
        KernelArguments arguments = KernelArguments.of().pointer(closed).int32(1);
        closed.close();
        assertThatThrownBy(() -> kernel.prepare(LaunchShape.of(1, 1), arguments))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("device memory of 4 bytes has been closed");
    }

    @Test
    void argumentsMustFitTheParameters() {
        Kernel kernel = increment();
        DeviceMemory memory = gpu.allocate(4);
        assertThatThrownBy(() -> kernel.prepare(
                        LaunchShape.of(1, 1), KernelArguments.of().int32(1).pointer(memory)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernel increment takes 2 arguments of these sizes in bytes: [8, 4]; got 2: [4, 8]");
        assertThatThrownBy(() -> kernel.prepare(
                        LaunchShape.of(1, 1), KernelArguments.of().pointer(memory)))
                .hasMessageEndingWith("got 1: [8]");
        KernelArguments many = KernelArguments.of();
        for (int i = 0; i < 512; i++) {
            many.int64(i);
        }
        assertThatThrownBy(() -> many.int32(0)).hasMessage("a kernel takes at most 4096 bytes of arguments");
    }

    @Test
    void argumentsLieAsTheFieldsOfAStructure() {
        ByteBuffer bytes = KernelArguments.of().float32(0.5f).float64(-2.5).buffer();
        assertThat(bytes.remaining()).isEqualTo(16);
        assertThat(bytes.getFloat(0)).isEqualTo(0.5f);
        assertThat(bytes.getDouble(8)).isEqualTo(-2.5);
    }

    @Test
    void launchesMustFitTheDevice() {
        Kernel kernel = increment();
        DeviceMemory memory = gpu.allocate(4);
        memory.fill(0, 0, 1, gpu.stream());
        KernelArguments arguments = KernelArguments.of().pointer(memory).int32(1);
        int limit = gpu.properties().sharedMemoryPerBlock();
        assertThatThrownBy(() -> kernel.prepare(LaunchShape.of(1, 1).withShared(limit + 1), arguments))
                .hasMessage("kernel increment can have " + limit
                        + " bytes of dynamic shared memory on this device, got grid 1x1x1, block 1x1, " + (limit + 1)
                        + " bytes of shared memory");
        kernel.prepare(LaunchShape.of(1, 1).withShared(limit), arguments).run(gpu.stream());
        assertThat(read(memory)).isEqualTo(1);
        assertThatThrownBy(() -> gpu.load("test.ptx", ptx()).kernel("decrement"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("module test.ptx has no kernel decrement; there are [increment]");
    }

    @Test
    void graphsRepeatWhatWasRecorded() {
        DeviceMemory memory = gpu.allocate(4);
        Launch one = increment()
                .prepare(
                        LaunchShape.of(1, 1),
                        KernelArguments.of().pointer(memory).int32(1));
        GpuGraph graph = gpu.stream().capture(() -> {
            memory.fill(0, 10, 1, gpu.stream());
            one.run(gpu.stream());
            one.run(gpu.stream());
        });
        memory.fill(0, 0, 1, gpu.stream());
        assertThat(read(memory)).isZero();
        graph.launch(gpu.stream());
        assertThat(read(memory)).isEqualTo(12);
        assertThatThrownBy(() -> gpu.stream().capture(() -> {
                    throw new IllegalArgumentException("while recording");
                }))
                .hasMessage("while recording");
        assertThatThrownBy(() -> gpu.stream().capture(() -> {
                    throw new AssertionError("an error while recording");
                }))
                .hasMessage("an error while recording");
        graph.launch(gpu.stream());
        one.run(gpu.stream());
        assertThat(read(memory)).isEqualTo(13);
    }

    @Test
    void waitingForEveryKernelChangesNoResult() {
        try (Gpu waiting = Gpu.open(new SimulatedDriver(), 0, true)) {
            assertThat(waiting.description()).endsWith(", waiting for every kernel");
            DeviceMemory memory = waiting.allocate(4);
            Launch one = waiting.load("test.ptx", ptx())
                    .kernel("increment")
                    .prepare(
                            LaunchShape.of(1, 1),
                            KernelArguments.of().pointer(memory).int32(1));
            memory.fill(0, 5, 1, waiting.stream());
            GpuGraph graph = waiting.stream().capture(() -> one.run(waiting.stream()));
            graph.launch(waiting.stream());
            graph.launch(waiting.stream());
            ByteBuffer host = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            memory.download(0, host, waiting.stream());
            waiting.stream().synchronize();
            assertThat(host.getInt(0)).isEqualTo(7);
            graph.close();
            assertThatThrownBy(() -> graph.launch(waiting.stream())).hasMessage("graph has been closed");
        }
    }

    @Test
    void graphsKeepTheLaunchesInThem() {
        try (Gpu device = Gpu.open(new SimulatedDriver(), 0)) {
            DeviceMemory memory = device.allocate(4);
            memory.fill(0, 5, 1, device.stream());
            Launch one = device.load("test.ptx", ptx())
                    .kernel("increment")
                    .prepare(
                            LaunchShape.of(1, 1),
                            KernelArguments.of().pointer(memory).int32(1));
            GpuGraph first = device.stream().capture(() -> one.run(device.stream()));
            GpuGraph second = device.stream().capture(() -> one.run(device.stream()));
            one.close();
            first.close();
            second.launch(device.stream());
            ByteBuffer host = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            memory.download(0, host, device.stream());
            device.stream().synchronize();
            assertThat(host.getInt(0)).isEqualTo(6);
        }
    }
}
