package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks of a launch that use the same global memory are found. */
class GlobalRaceTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /** Addresses in rd0 (own word of p0), rd1 (own word of p1) and rd2 (p0); block number in r1, global thread in r3. */
    private static String kernel(String body) {
        return SimulatorBench.source(2, """
                .reg .pred %p<4>;
                .reg .b16 %h<2>;
                .reg .b32 %r<8>;
                .reg .b64 %rd<8>;
                mov.u32 %r0, %tid.x;
                mov.u32 %r1, %ctaid.x;
                mov.u32 %r2, %ntid.x;
                mad.lo.s32 %r3, %r1, %r2, %r0;
                mul.wide.s32 %rd3, %r3, 4;
                ld.param.u64 %rd2, [p0];
                ld.param.u64 %rd1, [p1];
                add.s64 %rd0, %rd2, %rd3;
                add.s64 %rd1, %rd1, %rd3;
                """ + body + "\nret;\n");
    }

    private static final int BODY = 18;
    private static final LaunchShape SHAPE = LaunchShape.of(3, 40);

    private int[] run(String body) {
        DeviceMemory out = bench.ints(new int[120]);
        bench.run(kernel(body), SHAPE, out, bench.ints(IntStream.range(0, 120).toArray()));
        return bench.ints(out);
    }

    private KernelFault.Report fault(String body) {
        return bench.fault(kernel(body), SHAPE, bench.ints(new int[120]), bench.ints(new int[120]));
    }

    @Test
    void eachBlockItsOwnMemory() {
        assertThat(run("ld.global.u32 %r4, [%rd1]; st.global.u32 [%rd0], %r4; ld.global.u32 %r5, [%rd0];"
                        + "add.s32 %r5, %r5, 1; st.global.u32 [%rd0], %r5;"))
                .containsExactly(IntStream.range(1, 121).toArray());
    }

    @Test
    void twoBlocksWriteTheSameWord() {
        KernelFault.Report report = fault("setp.eq.s32 %p0, %r0, 0;\n@%p0 st.global.u32 [%rd2], %r0;");
        assertThat(report.kind()).isEqualTo(FaultKind.GLOBAL_RACE);
        assertThat(report.line()).isEqualTo(BODY + 1);
        assertThat(report.block().x()).isEqualTo(1);
        assertThat(report.thread().x()).isZero();
        assertThat(report.details()).contains("byte 0 of allocation", "block number 0 wrote");
    }

    @Test
    void aBlockReadsWhatAnotherWrote() {
        KernelFault.Report report =
                fault("setp.eq.s32 %p0, %r1, 1;\nst.global.u32 [%rd0], %r0;\n@%p0 ld.global.u32 %r4, [%rd2+32];");
        assertThat(report.kind()).isEqualTo(FaultKind.GLOBAL_RACE);
        assertThat(report.line()).isEqualTo(BODY + 2);
        assertThat(report.details()).contains("byte 32 of allocation", "block number 0 wrote");
    }

    @Test
    void aBlockWritesWhatOthersRead() {
        KernelFault.Report report =
                fault("ld.global.u32 %r4, [%rd2];\nsetp.eq.s32 %p0, %r3, 80;\n@%p0 st.global.u32 [%rd2], %r4;");
        assertThat(report.kind()).isEqualTo(FaultKind.GLOBAL_RACE);
        assertThat(report.details()).contains("other blocks read");
    }

    @Test
    void allMayReadTheSame() {
        assertThat(run("ld.global.u32 %r4, [%rd1+-0];")).containsOnly(0);
    }

    @Test
    void atomicOperationsOfAllBlocksAreFine() {
        int[] expected = new int[120];
        expected[0] = 120;
        assertThat(run("red.global.add.u32 [%rd2], 1;")).containsExactly(expected);
    }

    @Test
    void aPlainReadBesideAtomicOperations() {
        KernelFault.Report report =
                fault("setp.eq.s32 %p0, %r3, 40;\nred.global.add.u32 [%rd2], 1;\n@%p0 ld.global.u32 %r4, [%rd2];");
        assertThat(report.kind()).isEqualTo(FaultKind.GLOBAL_RACE);
        assertThat(report.line()).isEqualTo(BODY + 2);
        assertThat(report.details()).contains("other blocks changed");
    }

    @ParameterizedTest
    @CsvSource({"relaxed.gpu", "release.gpu", "volatile"})
    void strongAccessesOfAllBlocksAreFine(String store) {
        int[] expected = new int[120];
        expected[0] = 7;
        assertThat(run("ld.acquire.gpu.global.u32 %r4, [%rd2];\nst." + store + ".global.u32 [%rd2], 7;"))
                .containsExactly(expected);
    }

    @Test
    void aPlainReadBesideRelaxedWrites() {
        KernelFault.Report report = fault(
                "setp.eq.s32 %p0, %r1, 1;\nst.relaxed.gpu.global.u32 [%rd0], %r0;\n@%p0 ld.global.u32 %r4, [%rd2+32];");
        assertThat(report.kind()).isEqualTo(FaultKind.GLOBAL_RACE);
        assertThat(report.line()).isEqualTo(BODY + 2);
        assertThat(report.details()).contains("block number 0 changed");
    }

    @Test
    void halvesOfAWordAreDistinct() {
        String halves = """
                mul.wide.s32 %rd4, %r3, 2;
                add.s64 %rd5, %rd2, %rd4;
                cvt.u16.u32 %h0, %r3;
                st.global.u16 [%rd5], %h0;""";
        DeviceMemory out = bench.memory(66);
        bench.run(kernel(halves), LaunchShape.of(11, 3), out, bench.ints(0));
        short[] expected = new short[33];
        for (short i = 0; i < 33; i++) {
            expected[i] = i;
        }
        assertThat(bench.shorts(out)).containsExactly(expected);
    }

    @Test
    void anotherLaunchIsAnotherMatter() {
        DeviceMemory a = bench.ints(new int[120]);
        DeviceMemory b = bench.ints(new int[120]);
        String copy = kernel("ld.global.u32 %r4, [%rd1]; st.global.u32 [%rd0], %r4;");
        bench.run(copy, SHAPE, a, b);
        bench.run(copy, LaunchShape.of(4, 30), b, a);
        assertThat(bench.ints(b)).containsExactly(new int[120]);
    }

    @Test
    void withoutChecksBlocksRunInParallel() {
        try (SimulatorBench bench =
                new SimulatorBench(SimulatorOptions.defaults().withRaces(false).withThreads(4))) {
            DeviceMemory out = bench.ints(new int[40_000]);
            String body = "ld.global.u32 %r4, [%rd1]; add.s32 %r4, %r4, %r3; st.global.u32 [%rd0], %r4;";
            int[] twos = new int[40_000];
            Arrays.fill(twos, 2);
            bench.run(kernel(body), LaunchShape.of(1000, 40), out, bench.ints(twos));
            assertThat(bench.ints(out))
                    .containsExactly(IntStream.range(2, 40_002).toArray());
            // of all faults that of the first block is reported
            KernelFault.Report report = bench.fault(
                    kernel("setp.lt.s32 %p0, %r1, 700; @%p0 ret; ld.global.u32 %r4, [%rd1+-4000000];"),
                    LaunchShape.of(1000, 40),
                    out,
                    bench.ints(twos));
            assertThat(report.block().x()).isEqualTo(700);
        }
    }
}
