package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls of device functions, in the form in which nvcc writes them. */
class CallsTest {

    private static final int THREADS = 48;

    /** {@code collatz} counts the steps to 1, {@code both} adds those of two numbers, {@code sum} adds up over a block. */
    private static final String FUNCTIONS = """
            .extern .func (.param .b32 r) vprintf (.param .b64 a, .param .b64 b);
            .extern .func __assertfail (.param .b64 a);
            .func (.param .b32 r) both (.param .b32 a, .param .b32 b);
            .shared .align 4 .b8 buffer[192];
            .func (.param .b32 r) collatz (.param .b32 a) {
                .local .align 8 .b8 odd[4];
                .reg .pred p; .reg .b32 %n, %steps, %half;
                ld.param.u32 %n, [a];
                mov.u32 %steps, 0;
                st.local.u32 [odd], 0;
                st.param.b32 [r+0], 0;
                setp.le.s32 p, %n, 1;
                @p ret;
            NEXT:
                and.b32 %half, %n, 1;
                setp.eq.s32 p, %half, 0;
                shr.u32 %half, %n, 1;
                @p bra DOWN;
                mad.lo.s32 %half, %n, 3, 1;
                st.local.u32 [odd], 1;
            DOWN:
                mov.u32 %n, %half;
                add.s32 %steps, %steps, 1;
                setp.ne.s32 p, %n, 1;
                @p bra NEXT;
                st.param.b32 [r+0], %steps;
                ret;
            }
            .func (.param .b32 r) both (.param .b32 a, .param .b32 b) .noinline {
                .reg .b32 %n, %sum;
                ld.param.u32 %n, [a];
                { .param .b32 param0; st.param.b32 [param0+0], %n; .param .b32 retval0;
                call.uni (retval0), collatz, (param0);
                ld.param.b32 %sum, [retval0+0]; }
                ld.param.u32 %n, [b];
                { .param .b32 a; st.param.b32 [a+0], %n; .param .b32 r;
                call.uni (r), collatz, (a);
                ld.param.b32 %n, [r+0]; }
                add.s32 %sum, %sum, %n;
                st.param.b32 [r+0], %sum;
                ret;
            }
            .func sum () {
                .reg .b32 %i, %n;
                mov.u32 %i, %tid.x;
                shl.b32 %i, %i, 2;
                mov.u32 %n, buffer;
                add.s32 %i, %i, %n;
                st.shared.u32 [%i], 1;
                bar.sync 0;
            }
            .func endless () { call endless; ret; }
            .func unread () { .reg .b32 x; { .param .b32 p; ld.param.b32 x, [p]; } .pragma "nothing"; ret; }
            .func broken ( { never read }
            """;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /** A kernel with a pointer to its result, registers of the names that the functions have too, and the functions before it. */
    private static String source(String body) {
        String kernel = SimulatorBench.source(1, """
                .reg .pred p; .reg .b32 %n, %i, %sum; .reg .b64 %rd0, %rd1;
                mov.u32 %i, %tid.x;
                ld.param.u64 %rd0, [p0];
                mul.wide.u32 %rd1, %i, 4;
                add.s64 %rd0, %rd0, %rd1;
                mov.u32 %sum, 0;
                """ + body + "\nst.global.u32 [%rd0], %sum;\nret;\n");
        return kernel.replace(".visible", FUNCTIONS + ".visible");
    }

    private int[] run(String body) {
        DeviceMemory out = bench.memory(4 * THREADS);
        bench.run(source(body), LaunchShape.of(1, THREADS), out);
        return bench.ints(out);
    }

    private static int collatz(int n) {
        int steps = 0;
        for (; n > 1; steps++) {
            n = n % 2 == 0 ? n / 2 : 3 * n + 1;
        }
        return steps;
    }

    @Test
    void eachCallHasRegistersLabelsAndLocalVariablesOfItsOwn() {
        int[] got = run("""
                { .param .b32 param0; st.param.b32 [param0+0], %i; .param .b32 param1; st.param.b32 [param1+0], 27;
                .param .b32 retval0;
                call.uni (retval0), both, (param0, param1);
                ld.param.b32 %sum, [retval0+0]; }
                { .param .b32 p0; st.param.b32 [p0+0], %i; .param .b32 retval0;
                call (retval0), collatz, (p0);
                ld.param.b32 %n, [retval0+0]; }
                ld.param.u64 %rd1, [p0];
                mul.wide.u32 %rd0, %i, 4;
                add.s64 %rd0, %rd0, %rd1;
                mad.lo.s32 %sum, %n, 1000, %sum;
                """);
        assertThat(got)
                .containsExactly(IntStream.range(0, THREADS)
                        .map(i -> collatz(i) + collatz(27) + 1000 * collatz(i))
                        .toArray());
    }

    @Test
    void aCallAmongSomeLanesAndInALoop() {
        int[] got = run("""
                and.b32 %n, %i, 1;
                setp.eq.s32 p, %n, 0;
                mov.u32 %n, %i;
                @p bra END;
                NEXT:
                { .param .b32 param0; st.param.b32 [param0+0], %n; .param .b32 retval0;
                call.uni (retval0), collatz, (param0);
                ld.param.b32 %i, [retval0+0]; }
                add.s32 %sum, %sum, %i;
                add.s32 %n, %n, -1;
                setp.gt.s32 p, %n, 0;
                @p bra NEXT;
                END: bar.warp.sync -1;
                """);
        assertThat(got)
                .containsExactly(IntStream.range(0, THREADS)
                        .map(i -> i % 2 == 0
                                ? 0
                                : IntStream.rangeClosed(1, i)
                                        .map(CallsTest::collatz)
                                        .sum())
                        .toArray());
    }

    @Test
    void sharedVariablesAndBarriersAreThoseOfTheBlock() {
        int[] got = run("call sum; shl.b32 %n, %i, 2; xor.b32 %n, %n, 16; mov.u32 %i, buffer; add.s32 %n, %n, %i;"
                + " call.uni sum; ld.shared.u32 %sum, [%n];");
        assertThat(got).containsOnly(1);
    }

    @Test
    void anAssertionThatFailsIsAFaultOfItsThread() {
        String assertion = """
                setp.ne.s32 p, %i, LANE;
                @p bra END;
                { .param .b64 param0; st.param.b64 [param0+0], 0;
                call.uni __assertfail, (param0); }
                END: mov.u32 %sum, 5;
                """;
        assertThat(run(assertion.replace("LANE", "99"))).containsOnly(5);
        KernelFault.Report report = bench.fault(
                source(assertion.replace("LANE", "7")), LaunchShape.of(1, THREADS), bench.memory(4 * THREADS));
        assertThat(report.kind()).isEqualTo(FaultKind.TRAP);
        assertThat(report.thread()).isEqualTo(new KernelFault.Coordinates(7, 0, 0));
        assertThat(report.toString()).contains("__assertfail");
    }

    @Test
    void aParameterThatNobodyWrote() {
        KernelFault.Report report = bench.fault(source("call unread;"), LaunchShape.of(1, 1), bench.memory(4));
        assertThat(report.kind()).isEqualTo(FaultKind.UNINITIALISED_MEMORY);
        assertThat(report.details()).contains("local memory was never written");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "call endless; recursion is not executed: endless calls itself: call endless",
                "call (%n), %rd0, (%i); calls through pointers are not executed: call (%n), %rd0, (%i)",
                "call nowhere; there is no function nowhere: call nowhere",
                "call (%n), vprintf, (%i); printf is not executed: write to memory and print that: call (%n), vprintf, (%i)",
                "@p call sum; calls with a guard are not executed: branch around them: @p call sum",
                "call collatz, (%i); expected 1 parameters, got 0: call collatz, (%i)",
                "call (%n), collatz, (%i); expected a variable in .param for each parameter: call (%n), collatz, (%i)",
            })
    void whatIsNotExecuted(String call, String message) {
        assertThatThrownBy(() -> bench.load(source(call + ";")))
                .hasMessageMatching("(?s).*line \\d+: \\Q" + message + "\\E");
    }
}
