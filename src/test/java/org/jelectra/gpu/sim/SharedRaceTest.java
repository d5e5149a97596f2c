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

/** Missing barriers around shared memory are found, and barriers that suffice are not blamed. */
class SharedRaceTest {

    private static final int THREADS = 64;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /**
     * Each thread writes its number to its word of shared memory; after {@code between} it reads the word of thread
     * {@code tid ^ partner} to p0.
     */
    private static String exchange(int partner, String between, String behind) {
        return SimulatorBench.source(1, """
                .reg .pred %%p<4>;
                .reg .b32 %%r<9>;
                .reg .b64 %%rd<3>;
                .shared .align 16 .b8 buffer[256];
                mov.u32 %%r0, %%tid.x;
                mov.u32 %%r1, buffer;
                shl.b32 %%r2, %%r0, 2;
                add.s32 %%r3, %%r1, %%r2;
                xor.b32 %%r4, %%r2, %d;
                add.s32 %%r5, %%r1, %%r4;
                ld.param.u64 %%rd0, [p0];
                mul.wide.u32 %%rd1, %%r0, 4;
                add.s64 %%rd0, %%rd0, %%rd1;
                setp.lt.u32 %%p0, %%r0, 32;
                st.shared.u32 [%%r3], %%r0;
                %s
                ld.shared.u32 %%r6, [%%r5];
                %s
                st.global.u32 [%%rd0], %%r6;
                ret;
                """.formatted(4 * partner, between, behind));
    }

    private static final int WRITE_LINE = 19;
    private static final int READ_LINE = 21;

    private void passes(int partner, String ptx) {
        DeviceMemory out = bench.memory(4 * THREADS);
        bench.run(ptx, LaunchShape.of(1, THREADS), out);
        assertThat(bench.ints(out))
                .containsExactly(
                        IntStream.range(0, THREADS).map(i -> i ^ partner).toArray());
    }

    private KernelFault.Report races(String ptx) {
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(1, THREADS), bench.memory(4 * THREADS));
        assertThat(report.kind()).isEqualTo(FaultKind.SHARED_RACE);
        return report;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 63})
    void aBarrierSuffices(int partner) {
        passes(partner, exchange(partner, "bar.sync 0;", ""));
    }

    @Test
    void aReadBeforeTheOtherWarpHasWritten() {
        // warp 0 comes first, and there is nothing yet that it could race with
        KernelFault.Report report =
                bench.fault(exchange(32, "", ""), LaunchShape.of(1, THREADS), bench.memory(4 * THREADS));
        assertThat(report.kind()).isEqualTo(FaultKind.UNINITIALISED_MEMORY);
        assertThat(report.line()).isEqualTo(READ_LINE);
    }

    @Test
    void aReadOfWhatAnotherWarpWroteBefore() {
        // warp 1 alone reads the words of warp 0, which have been written by then
        KernelFault.Report report = races(exchange(32, "@%p0 bra END;", "END: mov.u32 %r6, 0;"));
        assertThat(report.line()).isEqualTo(READ_LINE);
        assertThat(report.thread()).isEqualTo(new Coordinates(32, 0, 0));
        assertThat(report.details()).contains("thread (0, 0, 0) wrote", "byte 0");
    }

    @Test
    void aReadOfWhatALaneOfTheSameWarpWrote() {
        KernelFault.Report report = races(exchange(1, "", ""));
        assertThat(report.thread()).isEqualTo(new Coordinates(0, 0, 0));
        assertThat(report.details()).contains("thread (1, 0, 0) wrote");
    }

    @Test
    void aWarpBarrierSufficesWithinTheWarp() {
        passes(1, exchange(1, "bar.warp.sync -1;", ""));
    }

    @Test
    void aWarpBarrierDoesNotSufficeBetweenWarps() {
        String between = "bar.warp.sync -1; @%p0 bra END;";
        races(exchange(32, between, "END: mov.u32 %r6, 0;"));
    }

    @Test
    void aWriteAfterAReadWithoutABarrier() {
        KernelFault.Report report = races(exchange(32, "bar.sync 0;", "@!%p0 st.shared.u32 [%r3], %r6;"));
        assertThat(report.line()).isEqualTo(READ_LINE + 1);
        assertThat(report.details()).contains("it writes", "read");
        passes(32, exchange(32, "bar.sync 0;", "bar.sync 0; st.shared.u32 [%r3], %r6;"));
    }

    @Test
    void aWriteAfterReadsOfSeveralWarps() {
        String all = "bar.sync 0; ld.shared.u32 %r7, [buffer]; setp.eq.s32 %p1, %r0, 40; @%p1 bar.warp.sync 256;";
        String write = all.replace("@%p1 bar.warp.sync 256;", "@%p1 st.shared.u32 [buffer], %r0;");
        KernelFault.Report report = races(exchange(0, write, ""));
        assertThat(report.thread()).isEqualTo(new Coordinates(40, 0, 0));
        passes(0, exchange(0, all, ""));
    }

    @Test
    void twoWritesWithoutABarrier() {
        KernelFault.Report report = races(exchange(0, "st.shared.u32 [buffer+252], %r0;", ""));
        assertThat(report.line()).isEqualTo(WRITE_LINE + 1);
    }

    @Test
    void atomicOperationsDoNotRaceAmongThemselves() {
        passes(
                32,
                exchange(32, "bar.sync 0; red.shared.add.u32 [%r3], 0; red.shared.add.u32 [%r5], 0; bar.sync 0;", ""));
    }

    @Test
    void anAtomicOperationRacesWithAWrite() {
        String between = "@%p0 bra END; red.shared.add.u32 [%r5], 1;";
        races(exchange(32, between, "END: mov.u32 %r6, 0;"));
    }

    @Test
    void anAtomicOperationRacesWithARead() {
        String before = "bar.sync 0; @%p0 red.shared.add.u32 [%r3], 0;";
        KernelFault.Report read = races(exchange(32, before, ""));
        assertThat(read.line()).isEqualTo(READ_LINE);
        assertThat(read.thread()).isEqualTo(new Coordinates(32, 0, 0));
        assertThat(read.details()).contains("it reads", "thread (0, 0, 0) wrote");
        passes(32, exchange(32, before + " bar.sync 0;", ""));

        String behind = "bar.sync 0; @%p0 ld.shared.u32 %r7, [%r5]; @!%p0 red.shared.add.u32 [%r3], 0; bar.sync 0;";
        KernelFault.Report write = races(exchange(32, behind, ""));
        assertThat(write.details()).contains("it writes", "thread (0, 0, 0) read");
        passes(32, exchange(32, behind.replace("@!%p0", "bar.sync 0; @!%p0"), ""));
    }

    @Test
    void namedBarriersOrderTheirWarpsOnly() {
        passes(32, exchange(32, "bar.sync 3, 64;", ""));
        // each warp meets itself alone
        String alone = "add.s32 %r8, 1, 0; @!%p0 mov.u32 %r8, 2; bar.sync %r8, 32; @%p0 bra END;";
        races(exchange(32, alone, "END: mov.u32 %r6, 0;"));
    }

    @Test
    void aProducerThatArrivesAndAConsumerThatWaits() {
        String between = "@%p0 bar.arrive 1, 64; @%p0 bra END; bar.sync 1, 64;";
        DeviceMemory out = bench.memory(4 * THREADS);
        bench.run(exchange(32, between, "bra STORE; END: mov.u32 %r6, 77; STORE:"), LaunchShape.of(1, THREADS), out);
        assertThat(bench.ints(out)[0]).isEqualTo(77);
        assertThat(bench.ints(out)[40]).isEqualTo(8);
    }

    /** What a producer stores behind its {@code bar.arrive} may come too late; and it learns nothing of the others. */
    @Test
    void arrivingOrdersOneWay() {
        String behind = "@%p0 bar.arrive 1, 64; @%p0 st.shared.u32 [%r3], %r0; @%p0 bra END; bar.sync 1, 64;";
        KernelFault.Report late = races(exchange(32, behind, "bra STORE; END: mov.u32 %r6, 77; STORE:"));
        assertThat(late.line()).isEqualTo(READ_LINE);

        // barrier 2 lets warp 1 come to its barrier before warp 0 goes on
        String back = "@!%p0 bra WAIT; bar.arrive 1, 64; bar.sync 2, 32; bra READ; WAIT: bar.sync 1, 64; READ:";
        KernelFault.Report unordered = races(exchange(32, back, ""));
        assertThat(unordered.line()).isEqualTo(READ_LINE);
        assertThat(unordered.thread()).isEqualTo(new Coordinates(0, 0, 0));
        passes(32, exchange(32, back.replace("bar.arrive 1, 64; bar.sync 2, 32;", "bar.sync 1, 64;"), ""));
    }

    @Test
    void aWarpBarrierOfSomeLanesOrdersNothing() {
        String some = "setp.gt.u32 %p1, %r0, 1; @%p1 bra END; bar.warp.sync 3;";
        races(exchange(2, some, "END: mov.u32 %r6, 0;"));
    }

    @Test
    void neighbouringHalvesOfAWordAreDistinct() {
        String ptx = exchange(0, "", "")
                .replace("shl.b32 %r2, %r0, 2", "shl.b32 %r2, %r0, 1")
                .replace("st.shared.u32 [%r3], %r0", "cvt.u16.u32 h, %r0; st.shared.u16 [%r3], h")
                .replace("ld.shared.u32", "ld.shared.u16")
                .replace(".shared .align", ".reg .b16 h;\n.shared .align");
        passes(0, ptx);
    }

    @Test
    void raceChecksCanBeLeftOut() {
        try (SimulatorBench bench =
                new SimulatorBench(SimulatorOptions.defaults().withRaces(false))) {
            DeviceMemory out = bench.memory(4 * THREADS);
            bench.run(exchange(1, "", ""), LaunchShape.of(1, THREADS), out);
            assertThat(bench.ints(out)).startsWith(1, 0, 3, 2);
        }
    }
}
