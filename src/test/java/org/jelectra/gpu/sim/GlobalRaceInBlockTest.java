package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.KernelFault.Coordinates;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Missing barriers between threads of one block that use the same global memory are found, and barriers that suffice not blamed. */
class GlobalRaceInBlockTest {

    private static final int THREADS = 64;
    private static final int BLOCKS = 3;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /**
     * Each thread writes its number to its word of p0; after {@code between} it reads the word of thread {@code tid ^ partner} of its
     * block to p1. p0 is at rd0 (its own word), rd1 (the partner's) and rd2 (the block's first); p0 holds for true in warp 0.
     */
    private static String exchange(int partner, String between, String behind) {
        return SimulatorBench.source(2, """
                .reg .pred %%p<4>;
                .reg .b32 %%r<9>;
                .reg .f32 %%f<4>;
                .reg .b64 %%rd<8>;
                .shared .align 16 .b8 buffer[256];
                mov.u32 %%r0, %%tid.x;
                mov.u32 %%r1, %%ctaid.x;
                ld.param.u64 %%rd2, [p0];
                ld.param.u64 %%rd3, [p1];
                mul.wide.u32 %%rd4, %%r1, 256;
                add.s64 %%rd2, %%rd2, %%rd4;
                add.s64 %%rd3, %%rd3, %%rd4;
                mul.wide.u32 %%rd4, %%r0, 4;
                xor.b64 %%rd5, %%rd4, %d;
                add.s64 %%rd0, %%rd2, %%rd4;
                add.s64 %%rd1, %%rd2, %%rd5;
                add.s64 %%rd3, %%rd3, %%rd4;
                setp.lt.u32 %%p0, %%r0, 32;
                st.global.u32 [%%rd0], %%r0;
                %s
                ld.global.u32 %%r6, [%%rd1];
                %s
                st.global.u32 [%%rd3], %%r6;
                ret;
                """.formatted(4 * partner, between, behind));
    }

    private static final int WRITE_LINE = 23;
    private static final int READ_LINE = 25;

    private int[] run(String ptx) {
        DeviceMemory words = bench.ints(new int[BLOCKS * THREADS]);
        DeviceMemory out = bench.ints(new int[BLOCKS * THREADS]);
        bench.run(ptx, LaunchShape.of(BLOCKS, THREADS), words, out);
        bench.run(ptx, LaunchShape.of(BLOCKS, THREADS), words, out);
        return bench.ints(out);
    }

    private void passes(int partner, String ptx) {
        assertThat(run(ptx))
                .containsExactly(IntStream.range(0, BLOCKS * THREADS)
                        .map(i -> i % THREADS ^ partner)
                        .toArray());
    }

    private KernelFault.Report fails(String ptx) {
        DeviceMemory words = bench.ints(new int[BLOCKS * THREADS]);
        DeviceMemory out = bench.ints(new int[BLOCKS * THREADS]);
        return bench.fault(ptx, LaunchShape.of(BLOCKS, THREADS), words, out);
    }

    private KernelFault.Report races(String ptx, int line, int thread) {
        KernelFault.Report report = fails(ptx);
        assertThat(report.kind()).isEqualTo(FaultKind.GLOBAL_RACE);
        assertThat(report.line()).isEqualTo(line);
        assertThat(report.thread()).isEqualTo(new Coordinates(thread, 0, 0));
        return report;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 63})
    void aBarrierSuffices(int partner) {
        passes(partner, exchange(partner, "bar.sync 0;", ""));
    }

    @Test
    void aThreadIsInOrderWithItself() {
        passes(0, exchange(0, "ld.global.u32 %r7, [%rd0]; st.global.u32 [%rd0], %r0;", "st.global.u32 [%rd0], %r6;"));
    }

    @Test
    void aWriteOfWhatAnotherWarpHasRead() {
        // warp 0 comes first and reads the words of warp 1, which have not been written by then
        KernelFault.Report report = races(exchange(32, "", ""), WRITE_LINE, 32);
        assertThat(report.block().x()).isZero();
        assertThat(report.details())
                .contains("byte 128 of allocation", "thread (0, 0, 0) read with no barrier between");
    }

    @Test
    void aReadOfWhatAnotherWarpHasWritten() {
        KernelFault.Report report = races(exchange(32, "@%p0 bra END;", "END: mov.u32 %r6, 0;"), READ_LINE, 32);
        assertThat(report.details()).contains("byte 0 of allocation", "thread (0, 0, 0) wrote with no barrier between");
    }

    @Test
    void aReadOfWhatALaneOfTheSameWarpWrote() {
        KernelFault.Report report = races(exchange(1, "", ""), READ_LINE, 0);
        assertThat(report.details()).contains("thread (1, 0, 0) wrote");
    }

    @Test
    void aWarpBarrierSufficesWithinTheWarp() {
        passes(1, exchange(1, "bar.warp.sync -1;", ""));
    }

    @Test
    void aWarpBarrierDoesNotSufficeBetweenWarps() {
        races(exchange(32, "bar.warp.sync -1; @%p0 bra END;", "END: mov.u32 %r6, 0;"), READ_LINE, 32);
    }

    @Test
    void aWriteAfterAReadWithoutABarrier() {
        races(exchange(32, "bar.sync 0;", "@!%p0 st.global.u32 [%rd0], %r6;"), READ_LINE + 1, 32);
        passes(32, exchange(32, "bar.sync 0;", "bar.sync 0; st.global.u32 [%rd0], %r6;"));
    }

    @Test
    void aWriteAfterReadsOfSeveralWarps() {
        String write = "bar.sync 0; ld.global.u32 %r7, [%rd2]; setp.eq.s32 %p1, %r0, 40; bar.warp.sync -1;"
                + " @%p1 st.global.u32 [%rd2], %r0; bar.sync 0;";
        KernelFault.Report report = races(exchange(0, write, ""), WRITE_LINE + 1, 40);
        assertThat(report.details()).contains("threads of warps 0-1 read");
        assertThat(run(exchange(0, write.replace("bar.warp.sync -1", "bar.sync 0"), ""))[0])
                .isEqualTo(40);
    }

    @Test
    void aWriteAfterReadsOfSeveralLanes() {
        String write =
                "bar.sync 0; @%p0 ld.global.u32 %r7, [%rd2]; setp.eq.s32 %p1, %r0, 40; @%p1 st.global.u32 [%rd2], %r0;";
        assertThat(races(exchange(0, write, ""), WRITE_LINE + 1, 40).details())
                .contains("several threads of warp 0 read");
    }

    @Test
    void twoWritesWithoutABarrier() {
        races(exchange(0, "@!%p0 st.global.u32 [%rd2+4], %r0;", ""), WRITE_LINE + 1, 32);
    }

    @Test
    void lanesOfOneStore() {
        KernelFault.Report report = races(exchange(0, "bar.sync 0; st.global.u32 [%rd2], 7;", ""), WRITE_LINE + 1, 1);
        assertThat(report.details()).contains("thread (0, 0, 0) wrote");
    }

    @Test
    void partOfAVector() {
        String vector = "and.b64 %rd6, %rd4, -16; add.s64 %rd6, %rd2, %rd6; %s"
                + " ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%rd6]; bar.sync 0;";
        KernelFault.Report report = races(exchange(0, vector.replace("%s", ""), ""), WRITE_LINE + 1, 0);
        assertThat(report.details()).contains("byte 4 of allocation", "thread (1, 0, 0) wrote");
        passes(0, exchange(0, vector.replace("%s", "bar.warp.sync -1;"), ""));
    }

    @Test
    void byGenericAddresses() {
        String read = "@%p0 bra END; ld.u32 %r7, [%rd1];";
        races(exchange(32, read, "END: mov.u32 %r6, 0;"), WRITE_LINE + 1, 32);
    }

    @Test
    void atomicOperationsDoNotRaceAmongThemselves() {
        String add = "red.global.add.u32 [%rd0], 0; red.global.add.u32 [%rd1], 0;";
        passes(32, exchange(32, "bar.sync 0; " + add + " bar.sync 0;", ""));
        // a read beside them
        races(exchange(32, "bar.sync 0; " + add, ""), WRITE_LINE + 1, 32);
    }

    @Test
    void anAtomicOperationRacesWithAWrite() {
        races(exchange(32, "@%p0 bra END; red.global.add.u32 [%rd1], 1;", "END: mov.u32 %r6, 0;"), WRITE_LINE + 1, 32);
    }

    @Test
    void fencesAndCountersOrderNothing() {
        String counter = "membar.gl; atom.global.inc.u32 %r7, [%rd3], 1000; membar.gl; @%p0 bra END;";
        races(exchange(32, counter, "END: mov.u32 %r6, 0; bar.sync 0;"), READ_LINE, 32);
    }

    @Test
    void namedBarriersOrderTheirWarpsOnly() {
        passes(32, exchange(32, "bar.sync 3, 64;", ""));
        String alone = "add.s32 %r8, 1, 0; @!%p0 mov.u32 %r8, 2; bar.sync %r8, 32; @%p0 bra END;";
        races(exchange(32, alone, "END: mov.u32 %r6, 0;"), READ_LINE, 32);
    }

    @Test
    void barriersOfPairsMakeAChain() {
        String chain = """
                setp.lt.u32 %p1, %r0, 64;
                @!%p1 bra LAST;
                bar.sync 1, 64;
                @%p0 bra END;
                LAST: @%p0 bra END;
                bar.sync 2, 64;
                @%p1 bra END;
                sub.s64 %rd1, %rd0, 256;""";
        int[] expected = {0, 31};
        DeviceMemory out = bench.ints(new int[96]);
        String ptx = exchange(0, chain, "bra STORE; END: mov.u32 %r6, 77; STORE:");
        bench.run(ptx, LaunchShape.of(1, 96), bench.ints(new int[96]), out);
        assertThat(new int[] {bench.ints(out)[64], bench.ints(out)[95]}).containsExactly(expected);
        String broken = ptx.replace("bar.sync 2, 64;", "");
        assertThat(bench.fault(broken, LaunchShape.of(1, 96), bench.ints(new int[96]), out)
                        .kind())
                .isEqualTo(FaultKind.GLOBAL_RACE);
    }

    @Test
    void aProducerThatArrivesAndAConsumerThatWaits() {
        String between = "@%p0 bar.arrive 1, 64; @%p0 bra END; bar.sync 1, 64;";
        int[] out = run(exchange(32, between, "bra STORE; END: mov.u32 %r6, 77; STORE:"));
        assertThat(out[0]).isEqualTo(77);
        assertThat(out[40]).isEqualTo(8);
    }

    @Test
    void anAsynchronousCopyReadsWhenItIsIssued() {
        String copy = "shl.b32 %r7, %r0, 2; mov.u32 %r8, buffer; add.s32 %r8, %r8, %r7;"
                + " cp.async.ca.shared.global [%r8], [%rd1], 4; cp.async.wait_all;";
        races(exchange(32, "@%p0 bra END; " + copy, "END: mov.u32 %r6, 0;"), WRITE_LINE + 1, 32);
        passes(32, exchange(32, "bar.sync 0; " + copy, ""));
        String write = "st.global.u32 [%rd0], %r0; bar.sync 0;";
        races(exchange(32, "bar.sync 0; " + copy + write, ""), WRITE_LINE + 1, 32);
        passes(32, exchange(32, "bar.sync 0; " + copy + " bar.sync 0; " + write, ""));
    }

    @Test
    void partOfAnAsynchronousCopy() {
        String copy = "shl.b32 %r7, %r0, 2; mov.u32 %r8, buffer; add.s32 %r8, %r8, %r7; mov.u32 %r7, SIZE;"
                + " cp.async.ca.shared.global [%r8], [%rd1], 4, %r7; cp.async.wait_all; bar.sync 0;";
        races(exchange(1, copy.replace("SIZE", "3"), ""), WRITE_LINE + 1, 0);
        passes(1, exchange(1, copy.replace("SIZE", "0"), ""));
    }

    @Test
    void eachBlockHasItsOwnOrder() {
        String between = "setp.ne.s32 %p1, %r1, 2; @%p1 bar.sync 0;";
        KernelFault.Report report = races(exchange(32, between, ""), WRITE_LINE, 32);
        assertThat(report.block().x()).isEqualTo(2);
    }

    @Test
    void raceChecksCanBeLeftOut() {
        try (SimulatorBench bench =
                new SimulatorBench(SimulatorOptions.defaults().withRaces(false))) {
            DeviceMemory out = bench.memory(4 * THREADS);
            bench.run(exchange(1, "", ""), LaunchShape.of(1, THREADS), bench.ints(new int[THREADS]), out);
            assertThat(bench.ints(out)).startsWith(1, 0, 3, 2);
        }
    }
}
