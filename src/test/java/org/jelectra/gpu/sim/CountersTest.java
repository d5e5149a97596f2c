package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counters of patterns whose cost is known. */
class CountersTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /** One warp loads {@code bytes} at {@code stride * lane + offset}, globally. */
    @ParameterizedTest
    @CsvSource({
        // stride, offset, bytes, sectors, ideal
        "4, 0, 4, 4, 4",
        "4, 4, 4, 5, 4",
        "8, 0, 4, 8, 4",
        "32, 0, 4, 32, 4",
        "128, 0, 4, 32, 4",
        "0, 64, 4, 1, 1",
        "16, 0, 16, 16, 16",
        "8, 0, 8, 8, 8",
        "2, 0, 2, 2, 2",
        "2, 30, 2, 3, 2",
        "-4, 124, 4, 4, 4"
    })
    void sectorsOfALoad(int stride, int offset, int bytes, int sectors, int ideal) {
        String type = bytes == 16
                ? "v4.u32 {%r1, %r2, %r3, %r4}"
                : bytes == 8 ? "v2.u32 {%r1, %r2}" : bytes == 2 ? "u16 %h0" : "u32 %r1";
        String body = """
                .reg .b16 %%h<2>;
                .reg .b32 %%r<8>;
                .reg .b64 %%rd<4>;
                mov.u32 %%r0, %%tid.x;
                mul.wide.s32 %%rd0, %%r0, %d;
                ld.param.u64 %%rd1, [p0];
                add.s64 %%rd2, %%rd1, %%rd0;
                ld.global.%s, [%%rd2+%d];
                """.formatted(stride, type, offset);
        bench.run(SimulatorBench.source(1, body), LaunchShape.of(1, 32), bench.ints(new int[2000]));
        KernelCounters counters = bench.driver.counters().get("k");
        assertThat(counters.loadRequests()).isEqualTo(1);
        assertThat(counters.loadSectors()).isEqualTo(sectors);
        assertThat(counters.idealLoadSectors()).isEqualTo(ideal);
        assertThat(counters.storeRequests()).isZero();
    }

    /** One warp stores {@code bytes} at {@code stride * lane} in shared memory. */
    @ParameterizedTest
    @CsvSource({
        // stride, bytes, wavefronts, ideal
        "4, 4, 1, 1",
        "8, 4, 2, 1",
        "16, 4, 4, 1",
        "128, 4, 32, 1",
        "132, 4, 1, 1",
        "8, 8, 2, 2",
        "16, 8, 4, 2",
        "16, 16, 4, 4",
        "32, 16, 8, 4",
        "2, 2, 1, 1"
    })
    void wavefrontsOfAStore(int stride, int bytes, int wavefronts, int ideal) {
        String type = bytes == 16 ? "v4.u32" : bytes == 8 ? "v2.u32" : bytes == 2 ? "u16" : "u32";
        String value = bytes == 16 ? "{%r0, %r0, %r0, %r0}" : bytes == 8 ? "{%r0, %r0}" : bytes == 2 ? "%h0" : "%r0";
        String body = """
                .reg .b16 %%h<2>;
                .reg .b32 %%r<4>;
                .shared .align 16 .b8 buffer[8192];
                mov.u32 %%r0, %%tid.x;
                cvt.u16.u32 %%h0, %%r0;
                mul.lo.s32 %%r1, %%r0, %d;
                mov.u32 %%r2, buffer;
                add.s32 %%r1, %%r1, %%r2;
                st.shared.%s [%%r1], %s;
                """.formatted(stride, type, value);
        bench.run(SimulatorBench.source(0, body), LaunchShape.of(1, 32));
        KernelCounters counters = bench.driver.counters().get("k");
        assertThat(counters.sharedRequests()).isEqualTo(1);
        assertThat(counters.sharedWavefronts()).isEqualTo(wavefronts);
        assertThat(counters.idealSharedWavefronts()).isEqualTo(ideal);
    }

    @Test
    void instructionsOfThreadsAndWarps() {
        String body = """
                .reg .pred %p<2>;
                .reg .b32 %r<4>;
                mov.u32 %r0, %tid.x;
                setp.lt.s32 %p0, %r0, 10;
                @%p0 bra A;
                mov.u32 %r1, 1;
                bar.warp.sync 0xFFFFFC00;
                bra B;
                A: mov.u32 %r1, 2;
                B: bar.sync 0;
                ret;
                """;
        String ptx = SimulatorBench.source(0, body);
        bench.run(ptx, LaunchShape.of(2, 32));
        KernelCounters counters = bench.driver.counters().get("k");
        // the branch counts for the lanes that take it; 22 lanes go one way, 10 the other, and meet at the barrier
        assertThat(counters.threadInstructions()).isEqualTo(2 * (32 + 32 + 10 + 22 * 3 + 10 + 32 + 32));
        assertThat(counters.warpInstructions()).isEqualTo(2 * 9);
        assertThat(counters.barriers()).isEqualTo(2);
        assertThat(counters.launches()).isEqualTo(1);
        bench.run(ptx, LaunchShape.of(2, 32));
        assertThat(bench.driver.counters().get("k").launches()).isEqualTo(2);
        assertThat(bench.driver.counters().get("k").warpInstructions()).isEqualTo(4 * 9);
        bench.driver.resetCounters();
        assertThat(bench.driver.counters()).isEmpty();
    }

    @Test
    void specialFunctions() {
        String body = """
                .reg .f32 %f<4>;
                mov.f32 %f0, 0f3F800000;
                ex2.approx.ftz.f32 %f1, %f0;
                rcp.rn.f32 %f2, %f1;
                add.f32 %f3, %f1, %f2;
                ret;
                """;
        bench.run(SimulatorBench.source(0, body), LaunchShape.of(3, 64));
        KernelCounters counters = bench.driver.counters().get("k");
        assertThat(counters.specialInstructions()).isEqualTo(3 * 2 * 2);
        assertThat(counters.warpInstructions()).isEqualTo(3 * 2 * 5);
    }
}
