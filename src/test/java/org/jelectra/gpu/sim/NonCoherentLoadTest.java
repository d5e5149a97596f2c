package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What non-coherent loads read must not be written in the same launch, in whatever order. */
class NonCoherentLoadTest {

    private static final LaunchShape SHAPE = LaunchShape.of(2, 32);

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /** Addresses in rd0 (first word of p0), rd1 (own word of p0) and rd2 (own word of p1); p0 holds in block 1. */
    private static String kernel(String body) {
        return SimulatorBench.source(2, """
                .reg .pred %p<4>;
                .reg .b32 %r<8>;
                .reg .b64 %rd<8>;
                mov.u32 %r0, %tid.x;
                mov.u32 %r1, %ctaid.x;
                mad.lo.s32 %r3, %r1, 32, %r0;
                mul.wide.s32 %rd3, %r3, 4;
                ld.param.u64 %rd0, [p0];
                ld.param.u64 %rd2, [p1];
                add.s64 %rd1, %rd0, %rd3;
                add.s64 %rd2, %rd2, %rd3;
                setp.eq.s32 %p0, %r1, 1;
                """ + body + "\nret;\n");
    }

    private KernelFault.Report fault(String body) {
        KernelFault.Report report = bench.fault(kernel(body), SHAPE, bench.ints(new int[64]), bench.ints(new int[64]));
        assertThat(report.kind()).isEqualTo(FaultKind.NON_COHERENT);
        return report;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ld.global.nc", "ldu.global"})
    void allMayReadWhatNobodyWrites(String load) {
        String copy = kernel(load + ".u32 %r4, [%rd1]; " + load + ".u32 %r5, [%rd0]; st.global.u32 [%rd2], %r4;");
        DeviceMemory a = bench.ints(new int[64]);
        DeviceMemory b = bench.memory(256);
        bench.run(copy, SHAPE, a, b);
        // another launch is another matter
        bench.run(copy, SHAPE, b, a);
        assertThat(bench.ints(a)).containsOnly(0);
    }

    @Test
    void aReadOfWhatTheSameThreadWrote() {
        KernelFault.Report report = fault("st.global.u32 [%rd1], %r0; bar.sync 0; ld.global.nc.u32 %r4, [%rd1];");
        assertThat(report.details()).contains("byte 0 of allocation", "thread (0, 0, 0) wrote in the same launch");
    }

    @Test
    void aReadOfWhatABlockBeforeWrote() {
        KernelFault.Report report = fault("@!%p0 st.global.u32 [%rd1], %r0; @%p0 ld.global.nc.u32 %r4, [%rd0+8];");
        assertThat(report.details()).contains("byte 8 of allocation", "block number 0 wrote");
    }

    @Test
    void aReadOfWhatAtomicOperationsChange() {
        assertThat(fault("red.global.add.u32 [%rd1], 1; ld.global.nc.u32 %r4, [%rd1];")
                        .details())
                .contains("changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"st.global.u32 [%rd1], %r0;", "red.global.add.u32 [%rd1], 1;"})
    void aWriteOfWhatIsRead(String write) {
        assertThat(fault("ld.global.nc.u32 %r4, [%rd1]; bar.sync 0; " + write).details())
                .contains("thread (0, 0, 0) read without coherence");
    }
}
