package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.KernelFault.Coordinates;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted defects in the use of memory are found, with the thread and the line. */
class MemoryFaultTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /** Loads from p0 at 4 * global thread + some bytes, and stores to p1 at 4 * global thread. */
    private static String copy(String load, String between, String store) {
        return SimulatorBench.source(2, """
                .reg .pred %%p<4>;
                .reg .b32 %%r<8>;
                .reg .b64 %%rd<8>;
                .reg .f32 %%f<4>;
                .shared .align 16 .b8 buffer[256];
                .local .align 4 .b8 stack[16];
                mov.u32 %%r0, %%tid.x;
                mov.u32 %%r1, %%ctaid.x;
                mov.u32 %%r2, %%ntid.x;
                mad.lo.s32 %%r3, %%r1, %%r2, %%r0;
                mul.wide.s32 %%rd0, %%r3, 4;
                ld.param.u64 %%rd1, [p0];
                ld.param.u64 %%rd2, [p1];
                add.s64 %%rd3, %%rd1, %%rd0;
                add.s64 %%rd4, %%rd2, %%rd0;
                %s
                %s
                %s
                ret;
                """.formatted(load, between, store));
    }

    private static final String LOAD = "ld.global.u32 %r4, [%rd3];";
    private static final String STORE = "st.global.u32 [%rd4], %r4;";
    /** Line of the load in {@link #copy}, and of the store. */
    private static final int LOAD_LINE = 20;

    private static final int STORE_LINE = 22;

    @Test
    void aReadBehindTheEnd() {
        DeviceMemory in = bench.ints(new int[99]);
        KernelFault.Report report = bench.fault(copy(LOAD, "", STORE), LaunchShape.of(2, 50), in, bench.memory(400));
        assertThat(report.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
        assertThat(report.line()).isEqualTo(LOAD_LINE);
        assertThat(report.statement()).isEqualTo("ld.global.u32 %r4, [%rd3]");
        assertThat(report.block()).isEqualTo(new Coordinates(1, 0, 0));
        assertThat(report.thread()).isEqualTo(new Coordinates(49, 0, 0));
        assertThat(report.address()).isEqualTo(in.address() + 396);
        assertThat(report.details()).contains("byte 396 of allocation", "of 396 bytes");
        assertThat(report.toString()).contains("kernel k", "line 20");
    }

    @Test
    void aWriteBeforeTheBeginning() {
        String ptx = copy(LOAD, "", "st.global.u32 [%rd4+-4], %r4;");
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 64), bench.ints(new int[64]), bench.memory(256));
        assertThat(report.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
        assertThat(report.line()).isEqualTo(STORE_LINE);
        assertThat(report.thread()).isEqualTo(new Coordinates(0, 0, 0));
        assertThat(report.details()).contains("4 bytes before allocation", "write of 4 bytes");
    }

    @Test
    void aNullPointer() {
        String ptx = copy("mov.u64 %rd3, 0; " + LOAD, "", STORE);
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 1), bench.ints(1), bench.memory(4));
        assertThat(report.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
        assertThat(report.details()).contains("a null pointer");
    }

    @Test
    void memoryThatWasFreed() {
        DeviceMemory in = bench.ints(new int[32]);
        in.close();
        String ptx = copy("mov.u64 %rd3, " + in.address() + "; " + LOAD, "", STORE);
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 32), bench.ints(1), bench.memory(128));
        assertThat(report.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
        assertThat(report.details()).contains("which has been freed", "of 128 bytes");
    }

    /** A device would bring nothing, or refuse it: what asks has another place in mind. */
    @Test
    void aPrefetchWhereNothingIs() {
        String ptx = copy("prefetch.global.L2 [%rd3];", LOAD, STORE);
        DeviceMemory in = bench.ints(new int[32]);
        bench.run(ptx, LaunchShape.of(1, 32), in, bench.memory(128));
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 33), in, bench.memory(132));
        assertThat(report.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
        assertThat(report.thread()).isEqualTo(new Coordinates(32, 0, 0));
        assertThat(report.line()).isEqualTo(LOAD_LINE);
    }

    @Test
    void aMisalignedVector() {
        String ptx = copy("ld.global.v2.u32 {%r4, %r5}, [%rd3];", "", STORE);
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 40), bench.ints(new int[64]), bench.memory(256));
        assertThat(report.kind()).isEqualTo(FaultKind.MISALIGNED);
        assertThat(report.kind().code()).isEqualTo(716);
        assertThat(report.thread()).isEqualTo(new Coordinates(1, 0, 0));
        assertThat(report.line()).isEqualTo(LOAD_LINE);
    }

    /** PTX ISA, cp.async: the source is aligned to the size of the copy, however much of it is read. */
    @ParameterizedTest
    @ValueSource(ints = {16, 8, 0})
    void aMisalignedSourceOfAnAsynchronousCopy(int read) {
        String copy = "cp.async.cg.shared.global [%r5], [%rd3], 16, %r6;";
        String ptx = copy("mov.u32 %r5, buffer; mov.u32 %r6, " + read + ";", copy, "");
        DeviceMemory in = bench.ints(new int[64]);
        bench.run(ptx, LaunchShape.of(1, 1), in, bench.memory(4));
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 2), in, bench.memory(4));
        assertThat(report.kind()).isEqualTo(FaultKind.MISALIGNED);
        assertThat(report.thread()).isEqualTo(new Coordinates(1, 0, 0));
        assertThat(report.address()).isEqualTo(in.address() + 4);
        assertThat(report.details()).contains("no multiple of 16");
    }

    /** A device may read it until a wait has completed the copy. */
    @ParameterizedTest
    @CsvSource({"16, 0, true", "16, 12, true", "5, 4, true", "5, 5, false", "0, 0, false"})
    void aSourceThatChangesBeforeItsAsynchronousCopyHasLanded(int read, int at, boolean matters) {
        String prologue = "mov.u32 %r5, buffer; mov.u32 %r7, 9; mov.u32 %r6, " + read + ";";
        String copy = "cp.async.cg.shared.global [%r5], [%rd3], 16, %r6;\n";
        String wait = "cp.async.wait_all;\n";
        String change = "st.global.u8 [%rd3+" + at + "], %r7;\n";
        LaunchShape shape = LaunchShape.of(1, 1);
        bench.run(copy(prologue, copy + wait + change, ""), shape, bench.ints(new int[4]), bench.memory(4));
        String early = copy(prologue, copy + change + wait, "");
        if (!matters) {
            bench.run(early, shape, bench.ints(new int[4]), bench.memory(4));
            return;
        }
        KernelFault.Report report = bench.fault(early, shape, bench.ints(new int[4]), bench.memory(4));
        assertThat(report.kind()).isEqualTo(FaultKind.PENDING_COPY);
        assertThat(report.statement()).isEqualTo("cp.async.wait_all");
        assertThat(report.details()).contains("has changed");
    }

    @Test
    void memoryThatNothingWrote() {
        DeviceMemory in = bench.memory(256);
        in.fill(0, 7, 60, bench.gpu.stream());
        KernelFault.Report report = bench.fault(copy(LOAD, "", STORE), LaunchShape.of(2, 32), in, bench.memory(256));
        assertThat(report.kind()).isEqualTo(FaultKind.UNINITIALISED_MEMORY);
        assertThat(report.block()).isEqualTo(new Coordinates(1, 0, 0));
        assertThat(report.thread()).isEqualTo(new Coordinates(28, 0, 0));
        assertThat(report.address()).isEqualTo(in.address() + 240);
    }

    @Test
    void whatAKernelWroteIsInitialised() {
        DeviceMemory middle = bench.memory(256);
        DeviceMemory out = bench.memory(256);
        int[] values = LanewiseKernel.integers(1);
        int[] input = java.util.Arrays.copyOf(values, 64);
        bench.run(copy(LOAD, "", STORE), LaunchShape.of(2, 32), bench.ints(input), middle);
        bench.run(copy(LOAD, "", STORE), LaunchShape.of(2, 32), middle, out);
        assertThat(bench.ints(out)).containsExactly(input);
    }

    @Test
    void aRegisterThatOnlyOneBranchWrites() {
        String ptx = copy("setp.ne.s32 %p0, %r0, 5; @%p0 bra L; bra M; L: " + LOAD + " M:", "", STORE);
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 32), bench.ints(new int[32]), bench.memory(128));
        assertThat(report.kind()).isEqualTo(FaultKind.UNINITIALISED_REGISTER);
        assertThat(report.line()).isEqualTo(STORE_LINE);
        assertThat(report.thread()).isEqualTo(new Coordinates(5, 0, 0));
        assertThat(report.details()).contains("%r4");
    }

    @Test
    void aRegisterThatIsWrittenUnderTheSamePredicateIsFine() {
        String ptx = copy("setp.ne.s32 %p0, %r0, 5; @%p0 " + LOAD, "", "@%p0 " + STORE);
        DeviceMemory out = bench.ints(new int[32]);
        bench.run(
                ptx,
                LaunchShape.of(1, 32),
                bench.ints(java.util.stream.IntStream.range(1, 33).toArray()),
                out);
        assertThat(bench.ints(out)).contains(1, 2, 3, 4, 5, 7, 8).doesNotContain(6);
    }

    @Test
    void sharedMemoryThatNothingWrote() {
        String ptx = copy(
                "shl.b32 %r5, %r0, 2; mov.u32 %r6, buffer; add.s32 %r6, %r6, %r5;", "ld.shared.u32 %r4, [%r6];", STORE);
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 32), bench.ints(0), bench.memory(128));
        assertThat(report.kind()).isEqualTo(FaultKind.UNINITIALISED_MEMORY);
        assertThat(report.line()).isEqualTo(21);
        assertThat(report.address()).isZero();
    }

    @Test
    void sharedMemoryBehindItsEnd() {
        String ptx = copy(
                "shl.b32 %r5, %r0, 2; mov.u32 %r6, buffer; add.s32 %r6, %r6, %r5;",
                "st.shared.u32 [%r6+240], %r0;", "");
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, 32), bench.ints(0), bench.memory(128));
        assertThat(report.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
        assertThat(report.thread()).isEqualTo(new Coordinates(4, 0, 0));
        assertThat(report.address()).isEqualTo(256);
        assertThat(report.details()).contains("256 bytes of shared memory, 0 of them dynamic");
    }

    @Test
    void localMemoryIsCheckedToo() {
        String prologue = "mov.u64 %rd5, stack;";
        KernelFault.Report unwritten = bench.fault(
                copy(prologue, "st.local.u32 [%rd5], %r0;", "ld.local.u32 %r5, [%rd5+4];"),
                LaunchShape.of(1, 32),
                bench.ints(0),
                bench.ints(0));
        assertThat(unwritten.kind()).isEqualTo(FaultKind.UNINITIALISED_MEMORY);
        KernelFault.Report outside = bench.fault(
                copy(prologue, "st.local.u32 [%rd5], %r0;", "st.local.u32 [%rd5+16], %r0;"),
                LaunchShape.of(1, 32),
                bench.ints(0),
                bench.ints(0));
        assertThat(outside.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
    }

    @Test
    void copiesAndFillsAreChecked() {
        try (SimulatedDriver driver = new SimulatedDriver()) {
            long memory = driver.allocate(100);
            assertThatThrownBy(() -> driver.fill(memory, 0, 26, 0))
                    .isInstanceOf(GpuException.class)
                    .hasMessageContaining("fill of 104 bytes")
                    .hasMessageContaining("of 100 bytes");
            ByteBuffer host = ByteBuffer.allocateDirect(41);
            assertThatThrownBy(() -> driver.copyToDevice(memory + 60, host, 0))
                    .isInstanceOf(GpuException.class)
                    .hasMessageContaining("copy of 41 bytes");
            driver.fill(memory, 0, 5, 0);
            assertThatThrownBy(() -> driver.copyToHost(host, memory, 0))
                    .isInstanceOf(GpuException.class)
                    .hasMessageContaining("copy of 41 bytes")
                    .hasMessageEndingWith("nothing has written byte 20 of allocation 1 of 100 bytes");
            driver.copyToHost(host.duplicate().limit(20), memory, 0);
            driver.release(memory);
            assertThatThrownBy(() -> driver.fill(memory, 0, 1, 0)).hasMessageContaining("has been freed");
            assertThatThrownBy(() -> driver.release(memory)).hasMessageContaining("has been freed");
        }
    }

    @Test
    void memoryThatIsLeftIsListed() {
        try (SimulatedDriver driver = new SimulatedDriver()) {
            driver.release(driver.allocate(8));
            assertThat(driver.openAllocations()).isEmpty();
            driver.allocate(24);
            assertThat(driver.openAllocations()).hasSize(1).first().asString().contains("24 bytes");
        }
    }
}
