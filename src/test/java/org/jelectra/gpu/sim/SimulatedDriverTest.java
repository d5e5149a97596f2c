package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Event;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuGraph;
import org.jelectra.gpu.GpuKernelException;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.PinnedMemory;
import org.jelectra.gpu.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulated device beside its instructions: memory, modules, streams, graphs. */
class SimulatedDriverTest {

    /** Adds 1 to word tid of p0. */
    private static final String INCREMENT = SimulatorBench.source(1, """
            .reg .b32 %r<3>;
            .reg .b64 %rd<3>;
            ld.param.u64 %rd0, [p0];
            mov.u32 %r0, %tid.x;
            mul.wide.u32 %rd1, %r0, 4;
            add.s64 %rd0, %rd0, %rd1;
            ld.global.u32 %r1, [%rd0];
            add.s32 %r1, %r1, 1;
            st.global.u32 [%rd0], %r1;
            ret;
            """);

    private static SimulatorBench bench(SimulatorOptions options) {
        return new SimulatorBench(options);
    }

    @Test
    void describesItself() {
        try (SimulatorBench bench = bench(SimulatorOptions.defaults())) {
            assertThat(bench.gpu.description()).contains("simulated sm_90", "PTX executed in Java");
            assertThat(bench.gpu.properties().computeCapability()).isEqualTo(90);
            assertThat(bench.gpu.properties().sharedMemoryPerBlock()).isEqualTo(227 << 10);
            assertThat(bench.gpu.freeMemory()).isEqualTo(8L << 30);
        }
    }

    @Test
    void memoryEnds() {
        try (SimulatorBench bench = bench(SimulatorOptions.defaults().withMemory(1000))) {
            DeviceMemory first = bench.memory(600);
            GpuOutOfMemoryException exception =
                    catchThrowableOfType(GpuOutOfMemoryException.class, () -> bench.memory(401));
            assertThat(exception.requested()).isEqualTo(401);
            assertThat(exception.free()).isEqualTo(400);
            first.close();
            assertThat(bench.memory(1000).bytes()).isEqualTo(1000);
        }
    }

    @Test
    void oneAllocationEndsAtTwoGigabytes() {
        try (SimulatorBench bench = bench(SimulatorOptions.defaults())) {
            assertThatThrownBy(() -> bench.gpu.allocate(3L << 30))
                    .isInstanceOf(GpuException.class)
                    .isNotInstanceOf(GpuOutOfMemoryException.class)
                    .hasMessageContaining("at most 2147483639 bytes in one piece, got 3221225472");
            assertThatThrownBy(() -> bench.gpu.allocate(9L << 30)).isInstanceOf(GpuOutOfMemoryException.class);
        }
    }

    @Test
    void pageLockedMemoryHoldsNothingOfUse() {
        try (SimulatedDriver driver = new SimulatedDriver()) {
            ByteBuffer memory = driver.allocatePinned(6);
            byte[] found = new byte[6];
            memory.get(0, found);
            assertThat(found).containsOnly(0xA5);
            memory.putInt(1, 7);
            driver.releasePinned(memory);
            memory.get(0, found);
            assertThat(found).containsOnly(0xA5);
        }
    }

    @Test
    void downloadsOfWhatNothingHasWritten() {
        try (SimulatorBench bench = SimulatorBench.checked();
                PinnedMemory host = bench.gpu.allocatePinned(12)) {
            DeviceMemory memory = bench.memory(16);
            memory.fill(0, 5, 2, bench.gpu.stream());
            memory.download(0, host.buffer().slice(0, 8), bench.gpu.stream());
            assertThatThrownBy(() -> memory.download(4, host.buffer(), bench.gpu.stream()))
                    .isInstanceOf(GpuException.class)
                    .hasMessageContaining("nothing has written byte 8 of allocation 1 of 16 bytes");
        }
    }

    @Test
    void kernelsOfAModuleThatHasBeenUnloaded() {
        try (SimulatorBench bench = SimulatorBench.checked()) {
            KernelModule module = bench.load(INCREMENT);
            Launch launch = module.kernel("k")
                    .prepare(LaunchShape.of(1, 1), KernelArguments.of().pointer(bench.ints(1)));
            Stream stream = bench.gpu.stream();
            GpuGraph graph = stream.capture(() -> launch.run(stream));
            graph.launch(stream);
            module.close();
            assertThat(catchThrowableOfType(GpuException.class, () -> launch.run(stream))
                            .code())
                    .isEqualTo(400);
            assertThatThrownBy(() -> graph.launch(stream)).hasMessageContaining("module of kernel k has been unloaded");
        }
    }

    @Test
    void modulesThatAreTooNew() {
        String ptx = INCREMENT.replace(".version 8.0", ".version 9.0");
        try (SimulatorBench bench = bench(SimulatorOptions.defaults().withDriver(12080))) {
            assertThatThrownBy(() -> bench.load(ptx))
                    .isInstanceOf(GpuModuleException.class)
                    .hasMessageContaining("PTX 9.0")
                    .hasMessageContaining("CUDA 12.8")
                    .hasMessageContaining("up to 8.7")
                    .hasMessageContaining("SimulatorOptions.withDriver");
        }
        try (SimulatorBench bench = bench(SimulatorOptions.defaults().withDriver(13000))) {
            assertThat(bench.load(ptx).kernels()).containsExactly("k");
        }
        try (SimulatorBench bench = bench(SimulatorOptions.defaults().withDevice("old", 75))) {
            assertThatThrownBy(() -> bench.load(INCREMENT))
                    .isInstanceOf(GpuModuleException.class)
                    .hasMessageContaining("8.0");
        }
    }

    @ParameterizedTest
    @CsvSource({"80, false", "90, true", "100, false"})
    void kernelsForOneCapabilityRunOnItAlone(int capability, boolean runs) {
        byte[] ptx = INCREMENT.replace("sm_80", "sm_90a").getBytes(StandardCharsets.ISO_8859_1);
        try (SimulatedDriver driver =
                new SimulatedDriver(SimulatorOptions.defaults().withDevice("device", capability))) {
            if (runs) {
                driver.loadModule("special", ptx);
            } else {
                assertThatThrownBy(() -> driver.loadModule("special", ptx))
                        .isInstanceOf(GpuModuleException.class)
                        .hasMessage("module special is for sm_90a, the device is sm_" + capability);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"11040, 74", "12000, 80", "12040, 84", "12060, 85", "12090, 88", "13000, 90", "13010, 91"})
    void versionsOfDrivers(int driver, int ptx) {
        assertThat(SimulatorOptions.defaults().withDriver(driver).ptxVersion()).isEqualTo(ptx);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate.s32 %r1, %r0;",
                "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%r0}, {%r0}, {%r0}, {%r0};",
                "add.s32 %r1, %r0, %undeclared;",
                "add.s32 %r1, %r0, nothing;",
                "bra NOWHERE;",
                "call.uni somewhere;",
                "mov.u64 %rd1, %clock64;",
                "ld.global.v8.b32 {%r0, %r0, %r0, %r0, %r0, %r0, %r0, %r0}, [%rd0];"
            })
    void instructionsThatAreUnknown(String statement) {
        String ptx = SimulatorBench.source(0, ".reg .b32 %r<4>;\n.reg .b64 %rd<4>;\n\n" + statement + "\nret;\n");
        try (SimulatorBench bench = SimulatorBench.checked()) {
            assertThatThrownBy(() -> bench.load(ptx))
                    .isInstanceOf(GpuModuleException.class)
                    .hasMessageContaining("module test")
                    .hasMessageContaining("line 8");
        }
    }

    @Test
    void streamsAndEvents() {
        try (SimulatorBench bench = SimulatorBench.checked()) {
            DeviceMemory memory = bench.ints(5, 6);
            try (Stream stream = bench.gpu.createStream();
                    Event before = bench.gpu.createEvent();
                    Event after = bench.gpu.createEvent()) {
                assertThatThrownBy(() -> after.millisecondsSince(before)).isInstanceOf(GpuException.class);
                before.record(stream);
                memory.fill(0, 9, 2, stream);
                after.record(stream);
                bench.gpu.stream().waitFor(after);
                after.synchronize();
                assertThat(after.millisecondsSince(before)).isNotNegative();
            }
            assertThat(bench.ints(memory)).containsExactly(9, 9);
        }
    }

    @Test
    void graphsRepeatWhatWasRecorded() {
        try (SimulatorBench bench = SimulatorBench.checked();
                PinnedMemory pinned = bench.gpu.allocatePinned(12)) {
            DeviceMemory memory = bench.ints(0, 0, 0);
            Stream stream = bench.gpu.stream();
            Kernel kernel = bench.load(INCREMENT).kernel("k");
            Launch launch =
                    kernel.prepare(LaunchShape.of(1, 3), KernelArguments.of().pointer(memory));
            GpuGraph graph = stream.capture(() -> {
                memory.upload(0, pinned.buffer(), stream);
                launch.run(stream);
                launch.run(stream);
                memory.fill(8, 50, 1, stream);
            });
            assertThat(bench.ints(memory)).as("nothing is done while recording").containsExactly(0, 0, 0);
            pinned.buffer().putInt(0, 10).putInt(4, 20).putInt(8, 30);
            graph.launch(stream);
            assertThat(bench.ints(memory)).containsExactly(12, 22, 50);
            pinned.buffer().putInt(0, 100);
            graph.launch(stream);
            assertThat(bench.ints(memory)).containsExactly(102, 22, 50);
            assertThat(bench.driver.counters().get("k").launches()).isEqualTo(4);
        }
    }

    @Test
    void recordingSpreadsToStreamsThatWait() {
        try (SimulatorBench bench = SimulatorBench.checked();
                Stream other = bench.gpu.createStream();
                Event fork = bench.gpu.createEvent();
                Event join = bench.gpu.createEvent()) {
            DeviceMemory memory = bench.ints(1, 1);
            Stream stream = bench.gpu.stream();
            GpuGraph graph = stream.capture(() -> {
                fork.record(stream);
                other.waitFor(fork);
                memory.fill(0, 7, 1, other);
                join.record(other);
                stream.waitFor(join);
                memory.fill(4, 8, 1, stream);
            });
            assertThat(bench.ints(memory)).containsExactly(1, 1);
            graph.launch(stream);
            assertThat(bench.ints(memory)).containsExactly(7, 8);
            memory.fill(0, 3, 1, other);
            assertThat(bench.ints(memory)).containsExactly(3, 8);
        }
    }

    @Test
    void lateWorkIsDoneWhenSomeoneWaits() {
        try (SimulatorBench bench =
                        new SimulatorBench(SimulatorOptions.defaults().withLateWork(true));
                PinnedMemory in = bench.gpu.allocatePinned(4);
                PinnedMemory out = bench.gpu.allocatePinned(8);
                Event first = bench.gpu.createEvent();
                Event second = bench.gpu.createEvent()) {
            Stream stream = bench.gpu.stream();
            DeviceMemory memory = bench.ints(1, 1);
            in.buffer().putInt(0, 5);
            out.buffer().putInt(0, 0);
            memory.upload(0, in.buffer(), stream);
            memory.download(0, out.buffer(), stream);
            first.record(stream);
            memory.fill(4, 9, 1, stream);
            memory.download(0, out.buffer(), stream);
            second.record(stream);
            assertThat(out.buffer().getInt(0)).as("nothing is done yet").isZero();
            in.buffer().putInt(0, 6);
            first.synchronize();
            assertThat(out.buffer().getInt(0))
                    .as("changed before it was copied")
                    .isEqualTo(6);
            assertThat(out.buffer().getInt(4))
                    .as("the second copy was not waited for")
                    .isEqualTo(1);
            assertThatThrownBy(() -> second.millisecondsSince(first)).hasMessageContaining("not reached");
            second.synchronize();
            assertThat(out.buffer().getInt(4)).isEqualTo(9);
        }
    }

    @Test
    void anEventOfARecordingIsNeverReached() {
        try (SimulatorBench bench = SimulatorBench.checked();
                Event event = bench.gpu.createEvent()) {
            Stream stream = bench.gpu.stream();
            stream.capture(() -> event.record(stream)).launch(stream);
            assertThatThrownBy(event::synchronize)
                    .isInstanceOf(GpuException.class)
                    .hasMessageContaining("recorded with a graph");
            event.record(stream);
            event.synchronize();
        }
    }

    @Test
    void whatCannotBeRecorded() {
        try (SimulatorBench bench = SimulatorBench.checked()) {
            Stream stream = bench.gpu.stream();
            assertThatThrownBy(() -> stream.capture(stream::synchronize))
                    .isInstanceOf(GpuException.class)
                    .hasMessageContaining("while a stream is recorded");
            assertThatThrownBy(() -> stream.capture(() -> bench.memory(4))).isInstanceOf(GpuException.class);
            assertThatThrownBy(() -> stream.capture(() -> bench.gpu.allocatePinned(4)))
                    .hasMessageContaining("allocating page-locked memory");
            assertThatThrownBy(() -> stream.capture(() -> bench.load(INCREMENT)))
                    .hasMessageContaining("loading a module");
            Kernel kernel = bench.load(INCREMENT).kernel("k");
            assertThatThrownBy(() -> stream.capture(() -> kernel.prepare(
                            LaunchShape.of(1, 1), KernelArguments.of().pointer(0))))
                    .hasMessageContaining("preparing a launch");
            DeviceMemory memory = bench.memory(4);
            assertThatThrownBy(() -> stream.capture(memory::close)).hasMessageContaining("freeing memory");
            stream.synchronize();
            assertThat(bench.memory(4).bytes()).isEqualTo(4);
        }
    }

    @Test
    void resourcesOfKernels() {
        String ptx = SimulatorBench.source(1, """
                .maxntid 96
                .reg .b32 %r<4>;
                .shared .align 4 .b8 a[12];
                .shared .align 16 .b8 b[32];
                .local .align 4 .b8 c[20];
                mov.u32 %r0, a;
                mov.u32 %r1, b;
                mov.u32 %r2, c;
                ret;
                """).replace("{\n.maxntid 96", ".maxntid 96\n{");
        try (SimulatorBench bench = SimulatorBench.checked()) {
            Kernel kernel = bench.load(ptx).kernel("k");
            assertThat(kernel.attributes().staticSharedBytes()).isEqualTo(48);
            assertThat(kernel.attributes().localBytes()).isEqualTo(20);
            assertThat(kernel.attributes().maxThreads()).isEqualTo(96);
            assertThat(kernel.occupancy(96, 0)).isEqualTo(21);
            assertThat(kernel.occupancy(96, 100 << 10)).isEqualTo(2);
            KernelArguments arguments = KernelArguments.of().pointer(0);
            assertThatThrownBy(() -> kernel.prepare(LaunchShape.of(1, 97), arguments))
                    .isInstanceOf(IllegalArgumentException.class);
            Launch large = kernel.prepare(LaunchShape.of(1, 96).withShared(200 << 10), arguments);
            assertThat(large.toString()).contains("k (grid");
        }
    }

    @Test
    void sharedMemoryThatWasNotAllowed() {
        try (SimulatedDriver driver = new SimulatedDriver()) {
            long module = driver.loadModule("m", INCREMENT.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            long function = driver.function(module, "k");
            ByteBuffer arguments = ByteBuffer.allocateDirect(8);
            LaunchShape shape = LaunchShape.of(1, 32).withShared(49 << 10);
            assertThatThrownBy(() -> driver.prepareLaunch(function, shape, arguments, java.util.List.of(0)))
                    .isInstanceOf(GpuKernelException.class)
                    .hasMessageContaining("bytes of dynamic shared memory");
            driver.allowSharedMemory(function, 49 << 10);
            assertThat(driver.prepareLaunch(function, shape, arguments, java.util.List.of(0)))
                    .isPositive();
            assertThatThrownBy(() -> driver.allowSharedMemory(function, 228 << 10))
                    .isInstanceOf(GpuException.class);
            assertThatThrownBy(() -> driver.function(module, "nothing")).isInstanceOf(GpuException.class);
            driver.unloadModule(module);
            assertThatThrownBy(() -> driver.function(module, "k")).isInstanceOf(GpuException.class);
            assertThatThrownBy(() -> driver.attributes(function)).hasMessageContaining("has been unloaded");
        }
    }
}
