package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.OperandImage.Major;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong around asynchronous products, of 64 x 16 times 16 x 8 where nothing else is said. */
class AsyncProductFaultTest {

    private static final int N = 8;
    private static final OperandImage A = new OperandImage(new float[64 * 64], 64, 64, Major.K, 128);
    private static final OperandImage B = new OperandImage(new float[N * 64], N, 64, Major.K, 128);
    private static final int BYTES = A.bytes() + B.bytes();

    private static final String FILL = AsyncKernels.fill(BYTES);
    private static final String LOAD = "ld.global.u64 %rd3, [%rd1];\nld.global.u64 %rd4, [%rd1+8];\n";
    private static final String FENCE = "wgmma.fence.sync.aligned;\n";
    private static final String PRODUCT = AsyncKernels.product(N) + ", %rd3, %rd4, %p0, 1, 1, 0, 0;\n";
    private static final String COMMIT = "wgmma.commit_group.sync.aligned;\n";
    private static final String WAIT = "wgmma.wait_group.sync.aligned 0;\n";

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private KernelFault.Report fault(int threads, String body, long... descriptors) {
        return bench.fault(
                AsyncKernels.source(N, body),
                LaunchShape.of(1, threads).withShared(BYTES),
                bench.bytes(new byte[BYTES]),
                bench.longs(descriptors),
                bench.memory(4 * 64 * N));
    }

    private KernelFault.Report fault(String body) {
        return fault(128, body, A.descriptor(0, 0), B.descriptor(A.bytes(), 0));
    }

    @Test
    void aProductWithoutAFenceOfItsRegisters() {
        KernelFault.Report first = fault(FILL + LOAD + PRODUCT + COMMIT + WAIT);
        assertThat(first.kind()).isEqualTo(FaultKind.UNFENCED);
        assertThat(first.details()).isEqualTo("the warp has executed no wgmma.fence before");
        assertThat(first.statement()).startsWith("wgmma.mma_async");

        KernelFault.Report again = fault(
                FILL + LOAD + FENCE + PRODUCT + COMMIT + WAIT + "mov.f32 %f1, 0f00000000;\n" + PRODUCT + COMMIT + WAIT);
        assertThat(again.kind()).isEqualTo(FaultKind.UNFENCED);
        assertThat(again.details()).isEqualTo("register %f1 was used by other instructions with no wgmma.fence since");
    }

    @ParameterizedTest
    @CsvSource({
        "'mov.f32 %f9, %f2;', ''",
        "'mov.f32 %f2, %f9;', ''",
        "'wgmma.wait_group.sync.aligned 1;', 'mov.f32 %f9, %f2;'",
    })
    void sumsAreUsedBeforeTheWait(String before, String behind) {
        KernelFault.Report report = fault("mov.f32 %f9, 0f00000000;\n" + FILL + LOAD + FENCE + PRODUCT + COMMIT + before
                + "\n" + (behind == null ? "" : behind) + WAIT);
        assertThat(report.kind()).isEqualTo(FaultKind.PENDING_PRODUCT);
        assertThat(report.details())
                .isEqualTo("register %f2 is an operand of a wgmma.mma_async that no wait has completed");
        assertThat(report.statement()).startsWith("mov.f32");
    }

    @Test
    void aWaitDoesNotCompleteWhatIsInNoGroup() {
        KernelFault.Report report = fault(FILL + LOAD + FENCE + PRODUCT + WAIT + COMMIT);
        assertThat(report.kind()).isEqualTo(FaultKind.PENDING_PRODUCT);
        assertThat(report.statement()).startsWith("st.global.f32");
    }

    @Test
    void fragmentsChangeBeforeTheWait() {
        String product = AsyncKernels.product(N) + ", {%r4, %r5, %r6, %r7}, %rd4, %p0, 1, 1, 0;\n";
        KernelFault.Report report = fault(FILL + LOAD + FENCE + product + COMMIT + "mov.b32 %r6, 0;\n" + WAIT);
        assertThat(report.kind()).isEqualTo(FaultKind.PENDING_PRODUCT);
        assertThat(report.details()).contains("register %r6");
    }

    @Test
    void aTileIsOverwrittenBeforeTheWait() {
        KernelFault.Report report =
                fault(FILL + LOAD + FENCE + PRODUCT + COMMIT + "st.shared.b32 [%r1], %r0;\n" + WAIT);
        assertThat(report.kind()).isEqualTo(FaultKind.PENDING_PRODUCT);
        assertThat(report.details())
                .isEqualTo("byte 0 of shared memory is read by a wgmma.mma_async that no wait has completed");
    }

    /** B, which all warps read, behind the wait of the thread's own warp. */
    @ParameterizedTest
    @CsvSource({
        // the other warps' products come after the store, or go on during it, or were waited for behind the barrier
        "0, '', SHARED_RACE, wgmma.mma_async",
        "0, bar.sync 0;, PENDING_PRODUCT, st.shared",
        "96, bar.sync 0;, SHARED_RACE, st.shared"
    })
    void aTileIsOverwrittenWithNoBarrierBehindTheWait(int thread, String barrier, FaultKind kind, String statement) {
        String store = "setp.eq.u32 %p2, %r0, " + thread + ";\n@%p2 st.shared.b32 [" + A.bytes() + "], %r0;\n";
        KernelFault.Report report = fault(FILL + LOAD + FENCE + PRODUCT + COMMIT + barrier + "\n" + WAIT + store);
        assertThat(report.kind()).isEqualTo(kind);
        assertThat(report.statement()).contains(statement);
    }

    @Test
    void storesWithoutAFenceOfTheProxy() {
        String fence = "fence.proxy.async.shared::cta;\n";
        KernelFault.Report none = fault(FILL.replace(fence, "") + LOAD + FENCE + PRODUCT + COMMIT + WAIT);
        assertThat(none.kind()).isEqualTo(FaultKind.UNFENCED);
        assertThat(none.details())
                .isEqualTo("it reads byte 0 of shared memory, and its writer, thread (0, 0, 0), has executed no"
                        + " fence.proxy.async since");

        KernelFault.Report other =
                fault(FILL.replace(fence, "fence.proxy.async.global;\n") + LOAD + FENCE + PRODUCT + COMMIT + WAIT);
        assertThat(other.kind()).isEqualTo(FaultKind.UNFENCED);

        KernelFault.Report late = fault(FILL.replace(fence, "") + fence + LOAD + FENCE + PRODUCT + COMMIT + WAIT);
        assertThat(late.kind()).isEqualTo(FaultKind.UNFENCED);
    }

    @Test
    void aFenceOfTheProxyWithoutABarrierBehindIt() {
        // warp 1 executes its fence between two barriers of others, so that it comes first although nothing orders it
        String fence = "fence.proxy.async.shared::cta;\n";
        String fences = """
                shr.u32 %r2, %r0, 5;
                setp.eq.u32 %p2, %r2, 0;
                @%p2 bra wait;
                fence.proxy.async;
                bra on;
                wait:
                fence.proxy.async;
                bar.sync 1, 32;
                on:
                """;
        KernelFault.Report report = fault(FILL.replace(fence, "") + fences + LOAD + FENCE + PRODUCT + COMMIT + WAIT);
        assertThat(report.kind()).isEqualTo(FaultKind.UNFENCED);
        assertThat(report.details()).contains("executed fence.proxy.async with no barrier behind it");
    }

    /** Which warp reads which rows of A is not documented. */
    @Test
    void rowsOfAThatEachWarpWritesForItselfWithNoBarrierBehindThem() {
        String stores = FILL + LOAD + """
                shl.b32 %r2, %r0, 6;
                st.shared.v4.u32 [%r2], {%r0, %r0, %r0, %r0};
                fence.proxy.async.shared::cta;
                """;
        String product = FENCE + PRODUCT + COMMIT + WAIT;
        bench.run(
                AsyncKernels.source(N, stores + "bar.sync 0;\n" + product),
                LaunchShape.of(1, 128).withShared(BYTES),
                bench.bytes(new byte[BYTES]),
                bench.longs(A.descriptor(0, 0), B.descriptor(A.bytes(), 0)),
                bench.memory(4 * 64 * N));

        KernelFault.Report report = fault(stores + "bar.warp.sync -1;\n" + product);
        assertThat(report.kind()).isEqualTo(FaultKind.SHARED_RACE);
        assertThat(report.statement()).startsWith("st.shared");
    }

    @Test
    void aFenceBeforeACopyHasLanded() {
        String copy = """
                cp.async.cg.shared.global [%r1], [%rd5], 16;
                fence.proxy.async;
                cp.async.wait_all;
                bar.sync 0;
                """;
        KernelFault.Report report = fault(FILL + copy + LOAD + FENCE + PRODUCT + COMMIT + WAIT);
        assertThat(report.kind()).isEqualTo(FaultKind.UNFENCED);
    }

    @ParameterizedTest
    @CsvSource({
        // 128-byte pattern not at a multiple of 1024, its line left, a base offset, unused bits,
        // a stride within the pattern
        "0x4000004000000008, MISALIGNED, begins at 128",
        "0x4000004000000007, MISALIGNED, begins at 112",
        "0x4002004000000000, MISALIGNED, base offset",
        "0x4000004000004000, MISALIGNED, bits 14",
        "0x4000002000000000, MISALIGNED, offsets must be multiples of 1024",
        // rows from 56 on are behind the end
        "0x40000080000000C0, OUT_OF_BOUNDS, of 9216 bytes"
    })
    void descriptorsThatPointToTheWrongPlace(String descriptor, FaultKind kind, String details) {
        KernelFault.Report report = fault(
                128,
                FILL + LOAD + FENCE + PRODUCT + COMMIT + WAIT,
                Long.decode(descriptor),
                B.descriptor(A.bytes(), 0));
        assertThat(report.kind()).isEqualTo(kind);
        assertThat(report.details()).contains(details);
    }

    /** The 64 rows of an MN-major A with the 128-byte swizzle take whole lines: those of all warps together. */
    @ParameterizedTest
    @CsvSource({"0x4000004000400004, begins at 64", "0x4000004000400002, begins at 32"})
    void aTransposedMatrixThatBeginsWithinItsLines(String descriptor, String details) {
        KernelFault.Report report = fault(
                128,
                FILL + LOAD + FENCE + PRODUCT.replace("1, 1, 0, 0;", "1, 1, 1, 0;") + COMMIT + WAIT,
                Long.decode(descriptor),
                B.descriptor(A.bytes(), 0));
        assertThat(report.kind()).isEqualTo(FaultKind.MISALIGNED);
        assertThat(report.details()).contains(details, "leave 128 of them");
    }

    @Test
    void theWarpsDoNotAgree() {
        String body = FILL + LOAD + FENCE + "BETWEEN" + PRODUCT + COMMIT + WAIT;
        KernelFault.Report lanes =
                fault(body.replace("BETWEEN", "cvt.u64.u32 %rd6, %r0;\nadd.s64 %rd3, %rd3, %rd6;\n"));
        assertThat(lanes.kind()).isEqualTo(FaultKind.WARPGROUP);
        assertThat(lanes.details()).contains("in lane 0");

        KernelFault.Report warps = fault(body.replace(
                "BETWEEN",
                "shr.u32 %r2, %r0, 5;\nshl.b32 %r2, %r2, 1;\ncvt.u64.u32 %rd6, %r2;\nadd.s64 %rd3, %rd3, %rd6;\n"));
        assertThat(warps.kind()).isEqualTo(FaultKind.WARPGROUP);
        assertThat(warps.details()).contains("another warp of its group has issued line");

        KernelFault.Report missing = fault(body.replace("BETWEEN", "setp.gt.u32 %p2, %r0, 63;\n@%p2 ret;\n"));
        assertThat(missing.kind()).isEqualTo(FaultKind.WARPGROUP);
        assertThat(missing.details()).contains("has issued 0 asynchronous products");

        KernelFault.Report half = fault(body.replace("BETWEEN", "setp.gt.u32 %p2, %r0, 15;\n@%p2 ret;\n"));
        assertThat(half.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);

        KernelFault.Report small = fault(64, FENCE + LOAD + PRODUCT, 0, 0);
        assertThat(small.details()).isEqualTo("a warpgroup has 128 threads, the block ends within this one");
    }

    @Test
    void addingToSumsThatNothingHasWritten() {
        KernelFault.Report report = fault(FILL + LOAD + FENCE + PRODUCT.replace("%p0", "%p1") + COMMIT + WAIT);
        assertThat(report.kind()).isEqualTo(FaultKind.UNINITIALISED_REGISTER);
        assertThat(report.details()).contains("%f0");
    }

    @Test
    void sumsOfAnotherShapeInFlight() {
        String wide = AsyncKernels.product(16) + ", %rd3, %rd3, %p0, 1, 1, 0, 0;\n";
        assertThat(fault(FILL + LOAD + FENCE + PRODUCT + wide + COMMIT + WAIT).kind())
                .isEqualTo(FaultKind.PENDING_PRODUCT);
    }

    @ParameterizedTest
    @CsvSource({
        "n8k16, n12k16, 'N = 8, 16, ..., 256'",
        "'1, 1, 0, 0', '1, 1, 0, 2', 'must be 0 or 1'",
        "'1, 1, 0, 0', '2, 1, 0, 0', 'must be 1 or -1'",
        "'%f3', '%r3', 'of type f32'",
        "', 0, 0;', ', 0;', 'operands must be'",
        "'%p0', '!%p0', 'scale-d must be a predicate'"
    })
    void productsThatThereAreNot(String part, String instead, String message) {
        String source = AsyncKernels.source(N, PRODUCT.replace(part, instead));
        assertThatThrownBy(() -> bench.load(source))
                .isInstanceOf(GpuModuleException.class)
                .hasMessageContaining(message);
    }

    @Test
    void severalGroupsInFlight() {
        // f10 to f13 belong to the second group, which the first wait leaves in flight
        String second = PRODUCT.replace("{%f0, %f1, %f2, %f3}", "{%f10, %f11, %f12, %f13}");
        String first = FILL + LOAD + FENCE + PRODUCT + COMMIT + second + COMMIT + "wgmma.wait_group.sync.aligned 1;\n";
        DeviceMemory image = bench.bytes(new byte[BYTES]);
        bench.run(
                AsyncKernels.source(N, first + "add.f32 %f9, %f0, %f1;\n" + WAIT + "add.f32 %f9, %f9, %f10;\n"),
                LaunchShape.of(1, 128).withShared(BYTES),
                image,
                bench.longs(A.descriptor(0, 0), B.descriptor(A.bytes(), 0)),
                bench.memory(4 * 64 * N));
        assertThat(fault(first + "add.f32 %f9, %f0, %f10;\n" + WAIT).kind()).isEqualTo(FaultKind.PENDING_PRODUCT);
    }
}
