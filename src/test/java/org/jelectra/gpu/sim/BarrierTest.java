package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.KernelFault.Coordinates;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Barriers and warp instructions that not all their threads reach are found, and results of those that do are right. */
class BarrierTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private static String kernel(String body) {
        return SimulatorBench.source(1, """
                .reg .pred %p<6>;
                .reg .b32 %r<9>;
                .reg .b64 %rd<3>;
                mov.u32 %r0, %tid.x;
                ld.param.u64 %rd0, [p0];
                mul.wide.u32 %rd1, %r0, 4;
                add.s64 %rd0, %rd0, %rd1;
                mov.u32 %r6, 0;
                """ + body + """

                st.global.u32 [%rd0], %r6;
                ret;
                """);
    }

    /** Line of the first line of the body. */
    private static final int BODY = 13;

    private int[] run(int threads, String body) {
        DeviceMemory out = bench.ints(new int[threads]);
        bench.run(kernel(body), LaunchShape.of(1, threads), out);
        return bench.ints(out);
    }

    private KernelFault.Report fault(int threads, String body) {
        return bench.fault(kernel(body), LaunchShape.of(1, threads), bench.memory(4 * threads));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 40})
    void aBarrierThatSomeThreadsSkipByEnding(int ending) {
        KernelFault.Report report = fault(64, "setp.eq.s32 %p0, %r0, " + ending + "; @%p0 ret;\nbar.sync 0;");
        assertThat(report.kind()).isEqualTo(FaultKind.BARRIER);
        assertThat(report.line()).isEqualTo(BODY + 1);
        assertThat(report.details()).contains("waits for 64 threads", "thread (" + ending + ", 0, 0) has ended");
    }

    @Test
    void differentBarriersInDifferentWarps() {
        KernelFault.Report report =
                fault(64, "setp.lt.s32 %p0, %r0, 32; @%p0 bra A;\nbar.sync 0;\nbra B;\nA: bar.sync 0;\nB:");
        assertThat(report.kind()).isEqualTo(FaultKind.BARRIER);
        assertThat(report.details()).contains("line");
    }

    @Test
    void differentBarriersInOneWarp() {
        KernelFault.Report report =
                fault(32, "setp.lt.s32 %p0, %r0, 8; @%p0 bra A;\nbar.sync 0;\nbra B;\nA: bar.sync 0;\nB:");
        assertThat(report.kind()).isEqualTo(FaultKind.BARRIER);
    }

    @Test
    void barriersOfDifferentNumbers() {
        KernelFault.Report report =
                fault(64, "setp.lt.s32 %p0, %r0, 32; @%p0 bra A;\nbar.sync 1;\nbra B;\nA: bar.sync 0;\nB:");
        assertThat(report.kind()).isEqualTo(FaultKind.BARRIER);
        assertThat(report.details()).contains("waits for 64 threads", "waits at line");
    }

    @Test
    void aBarrierAgainstAWarpInstruction() {
        KernelFault.Report report =
                fault(32, "setp.lt.s32 %p0, %r0, 8; @%p0 bra A;\nbar.sync 0;\nbra B;\nA: bar.warp.sync -1;\nB:");
        assertThat(report.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);
        assertThat(report.line()).isEqualTo(BODY + 3);
        assertThat(report.details()).contains("lanes 0-7 wait here for lanes 8-31", "line " + (BODY + 1));
    }

    @Test
    void aFullShuffleOfPartOfTheLanes() {
        KernelFault.Report report =
                fault(32, "setp.lt.s32 %p0, %r0, 16; @!%p0 bra A;\nshfl.sync.bfly.b32 %r6, %r0, 1, 31, -1;\nA:");
        assertThat(report.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);
        assertThat(report.line()).isEqualTo(BODY + 1);
        assertThat(report.thread()).isEqualTo(new Coordinates(0, 0, 0));
    }

    @Test
    void aShuffleThatNamesItsLanesIsFine() {
        int[] got = run(32, "setp.lt.s32 %p0, %r0, 16; @!%p0 bra A;\nshfl.sync.bfly.b32 %r6, %r0, 1, 31, 0xFFFF;\nA:");
        assertThat(got)
                .containsExactly(
                        IntStream.range(0, 32).map(i -> i < 16 ? i ^ 1 : 0).toArray());
    }

    @Test
    void aShuffleFromALaneThatHasEnded() {
        KernelFault.Report report =
                fault(32, "setp.eq.s32 %p0, %r0, 9; @%p0 ret;\nshfl.sync.bfly.b32 %r6, %r0, 1, 31, -1;\n");
        assertThat(report.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);
        assertThat(report.details()).contains("wait here for lanes 9, which have ended");
    }

    @Test
    void aShuffleBesideItsMask() {
        KernelFault.Report report = fault(32, "shfl.sync.bfly.b32 %r6, %r0, 1, 31, 0xFFFF;");
        assertThat(report.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);
        assertThat(report.details()).contains("0xffff");
    }

    @Test
    void lanesThatPartedMeetAgainForAShuffle() {
        int[] got = run(32, """
                and.b32 %r1, %r0, 3;
                mov.u32 %r2, 0;
                LOOP: setp.ge.s32 %p0, %r2, %r1;
                @%p0 bra DONE;
                add.s32 %r2, %r2, 1;
                bra LOOP;
                DONE: shfl.sync.idx.b32 %r6, %r2, 7, 31, -1;
                """);
        assertThat(got).containsOnly(3);
    }

    @Test
    void shuffles() {
        String body = """
                shfl.sync.up.b32 %r1|%p0, %r0, 3, 0, -1;
                shfl.sync.down.b32 %r2|%p1, %r0, 5, 4127, -1;
                shfl.sync.idx.b32 %r3, %r0, 9, 6175, -1;
                selp.b32 %r4, 1, 0, %p0;
                selp.b32 %r5, 1, 0, %p1;
                mad.lo.s32 %r6, %r1, 100, %r2;
                mad.lo.s32 %r6, %r6, 100, %r3;
                mad.lo.s32 %r6, %r6, 10, %r4;
                mad.lo.s32 %r6, %r6, 10, %r5;
                """;
        int[] got = run(32, body);
        for (int i = 0; i < 32; i++) {
            int up = i >= 3 ? i - 3 : i;
            boolean down = i % 16 + 5 < 16;
            int indexed = i / 8 * 8 + 9 % 8;
            int expected = ((up * 100 + (down ? i + 5 : i)) * 100 + indexed) * 100 + (i >= 3 ? 10 : 0) + (down ? 1 : 0);
            assertThat(got[i]).as("lane %d", i).isEqualTo(expected);
        }
    }

    @Test
    void lanesThatHaveTheSame() {
        String body = """
                mov.u32 %r1, 15;
                setp.ge.u32 %p0, %r0, 4;
                @%p0 mov.u32 %r1, 0xFFFFFFF0;
                shr.u32 %r2, %r0, 2;
                min.u32 %r2, %r2, 1;
                min.u32 %r3, %r0, 5;
                match.all.sync.b32 %r4|%p1, %r2, %r1;
                match.all.sync.b32 %r5|%p2, %r3, %r1;
                sub.s32 %r6, %r4, %r1;
                add.s32 %r6, %r6, %r5;
                @%p1 add.s32 %r6, %r6, 1;
                @%p2 add.s32 %r6, %r6, 2;
                mul.wide.u32 %rd1, %r2, 0x40000000;
                shl.b64 %rd1, %rd1, 3;
                match.any.sync.b64 %r4, %rd1, -1;
                sub.s32 %r4, %r4, %r1;
                add.s32 %r6, %r6, %r4;
                """;
        assertThat(run(32, body)).containsOnly(1);
    }

    @Test
    void votesAndReductions() {
        String body = """
                and.b32 %r1, %r0, 3;
                setp.eq.s32 %p0, %r1, 1;
                vote.sync.ballot.b32 %r2, %p0, -1;
                vote.sync.any.pred %p1, %p0, -1;
                vote.sync.all.pred %p2, %p0, -1;
                vote.sync.uni.pred %p3, %p1, -1;
                match.any.sync.b32 %r3, %r1, -1;
                redux.sync.add.s32 %r4, %r1, -1;
                redux.sync.max.u32 %r5, %r0, -1;
                activemask.b32 %r7;
                selp.b32 %r6, 1, 0, %p1;
                @%p2 add.s32 %r6, %r6, 2;
                @%p3 add.s32 %r6, %r6, 4;
                xor.b32 %r8, %r2, 0x22222222;
                add.s32 %r6, %r6, %r8;
                mov.u32 %r8, 0x11111111;
                shl.b32 %r8, %r8, %r1;
                xor.b32 %r8, %r8, %r3;
                add.s32 %r6, %r6, %r8;
                add.s32 %r6, %r6, %r4;
                add.s32 %r6, %r6, %r5;
                add.s32 %r6, %r6, %r7;
                """;
        assertThat(run(32, body)).containsOnly(1 + 4 + 48 + 31 - 1);
    }

    @Test
    void barriersThatReduce() {
        String body = """
                setp.lt.s32 %p0, %r0, 37;
                bar.red.popc.u32 %r6, 0, %p0;
                bar.red.and.pred %p1, 0, %p0;
                bar.red.or.pred %p2, 0, %p0;
                @%p1 add.s32 %r6, %r6, 1000;
                @%p2 add.s32 %r6, %r6, 100;
                """;
        assertThat(run(80, body)).containsOnly(137);
    }

    /** Warps count as a whole where a barrier names its threads. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bar.sync 1, 48;|the number of threads must be a multiple of 32, it is 48",
                "bar.arrive 1, 65;|the number of threads must be a multiple of 32, it is 65",
                "@%p0 bar.arrive 1, 64; bar.sync 1, 64;|only lanes 0-15 come of lanes 0-31",
                "@%p0 bra A; bar.sync 1, 64; bra B; A: bar.sync 1, 64; B:|come of lanes 0-31"
            })
    void aPartOfAWarpAtABarrierThatCountsWarps(String barrier, String details) {
        KernelFault.Report report = fault(64, "setp.lt.s32 %p0, %r0, 16;\n" + barrier);
        assertThat(report.kind()).isEqualTo(FaultKind.BARRIER);
        assertThat(report.details()).contains(details);
    }

    @Test
    void theLastWarpOfABlockCountsAsAWholeOne() {
        assertThat(run(40, "bar.sync 1, 64;\nmov.u32 %r6, 3;")).containsOnly(3);
        String body = """
                setp.ge.s32 %p0, %r0, 0;
                bar.red.and.pred %p1, 1, 64, %p0;
                bar.red.popc.u32 %r6, 1, 64, %p0;
                @%p1 add.s32 %r6, %r6, 1000;
                """;
        assertThat(run(40, body)).containsOnly(1040);
    }

    /** Lanes of one shuffle agree who takes part. */
    @Test
    void masksThatDifferAndIntersect() {
        String shuffle = "mov.u32 %r1, -1;\nsetp.gt.s32 %p0, %r0, 15;\n@%p0 mov.u32 %r1, MASK;\n"
                + "shfl.sync.bfly.b32 %r6, %r0, 1, 31, %r1;";
        KernelFault.Report report = fault(32, shuffle.replace("MASK", "0xFFFF0000"));
        assertThat(report.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);
        assertThat(report.thread()).isEqualTo(new Coordinates(16, 0, 0));
        assertThat(report.details()).contains("0xffff0000, and 0xffffffff in lane 0");

        String apart = shuffle.replace("mov.u32 %r1, -1", "mov.u32 %r1, 0xFFFF").replace("MASK", "0xFFFF0000");
        assertThat(run(32, apart))
                .containsExactly(IntStream.range(0, 32).map(i -> i ^ 1).toArray());
        KernelFault.Report outside = fault(32, apart.replace("%r0, 1, 31", "%r0, 16, 31"));
        assertThat(outside.kind()).isEqualTo(FaultKind.DIVERGENT_WARP);
        assertThat(outside.details()).contains("lane 16 is wanted", "lanes 0-15 do");
    }

    @Test
    void aKernelThatDoesNotEnd() {
        KernelFault.Report report = fault(32, "LOOP: add.s32 %r6, %r6, 1;\nbra LOOP;\n");
        assertThat(report.kind()).isEqualTo(FaultKind.TIMEOUT);
        assertThat(report.details()).contains("10000000");
    }

    @Test
    void tablesOfBranches() {
        String body = """
                rem.u32 %r1, %r0, 3;
                TABLE: .branchtargets A, B, C;
                brx.idx %r1, TABLE;
                A: mov.u32 %r6, 10;
                bra END;
                B: mov.u32 %r6, 20;
                bra END;
                C: mov.u32 %r6, 30;
                END: add.s32 %r6, %r6, %r0;
                """;
        assertThat(run(64, body))
                .containsExactly(
                        IntStream.range(0, 64).map(i -> 10 * (i % 3) + 10 + i).toArray());
        assertThat(fault(64, body.replace("rem.u32 %r1, %r0, 3", "rem.u32 %r1, %r0, 4"))
                        .kind())
                .isEqualTo(FaultKind.ILLEGAL_BRANCH);
    }
}
