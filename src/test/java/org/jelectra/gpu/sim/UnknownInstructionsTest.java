package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the simulator does not execute is an error with its line, never another instruction that looks like it. */
class UnknownInstructionsTest {

    private static final String REGISTERS = """
            .reg .pred p; .reg .b16 h; .reg .b32 i; .reg .b64 l; .reg .f32 f; .reg .f64 g;
            """;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "add.f16 h, h, h; .f16",
                "fma.rn.f16x2 i, i, i, i; .rn",
                "abs.f16 h, h; .f16",
                "max.s16x2 i, i, i; .s16x2",
                "add.u16x2 i, i, i; .u16x2",
                "add.f32x2 l, l, l; .f32x2",
                "max.relu.s32 i, i, i; .relu",
                "max.s32.relu i, i, i; .relu",
                "add.sat.s32 i, i, i; .sat",
                "add.cc.s16 h, h, h; .s16",
                "addc.sat.s32 i, i, i; .sat",
                "prmt.b32.f4e i, i, i, i; .f4e",
                "lop3.or.b32 i, i, i, i, 1; .or",
                "min.xorsign.abs.f32 f, f, f; .xorsign",
                "min.xorsign.abs.bf16 h, h, h; .xorsign",
                "min.NaN.bf16 h, h, h; .NaN",
                "fma.rn.relu.bf16x2 i, i, i, i; .relu",
                "add.rz.f64 g, g, g; .rz",
                "redux.sync.min.abs.f32 f, f, 1; .abs",
                "redux.sync.min.f32 f, f, 1; .f32",
                "cvt.rn.relu.bf16.f32 h, f; .relu",
                "cvt.rn.relu.bf16x2.f32 i, f, f; .relu",
                "cvt.rn.satfinite.bf16x2.f32 i, f, f; .satfinite",
                "cvt.rn.f16.f32 h, f; .f16",
                "cvt.rna.tf32.f32 i, f; .rna",
                "mov.foo.b32 i, i; .foo",
                "mov.b128 l, l; .b128",
                "bar.sync.foo 0; .foo",
                "barrier.cluster.arrive; .cluster",
                "vote.sync.foo.pred p, p, 1; .foo",
                "activemask.foo i; .foo",
                "shfl.sync.bfly.b64 l, l, 1, 31, 1; .b64"
            })
    void aModifierIsUnknown(String statement, String modifier) {
        assertThatThrownBy(() -> run(statement))
                .hasMessageEndingWith("line 6: unknown modifier " + modifier + ": " + statement);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "min.f32 f, f, f, f",
                "max.NaN.f32 f, f, f, f",
                "cvt.rm.bf16.f32 h, f",
                "cvt.rn.sat.bf16.f32 h, f",
                "cvt.rz.bf16.s32 h, i",
                "cvt.rn.bf16.u64 h, l",
                "cvt.rz.f64.s64 g, l",
                "cvt.rz.bf16x2.f32 i, f, f",
                "prmt.b32.wide i, i, i, i",
                "match.any.sync.b16 i, h, 1"
            })
    void theInstructionIsUnknown(String statement) {
        assertThatThrownBy(() -> run(statement)).hasMessageEndingWith("line 6: unknown instruction: " + statement);
    }

    private void run(String statement) {
        bench.run(SimulatorBench.source(0, REGISTERS + statement + ";\nret;\n"), LaunchShape.of(1, 1));
    }

    /** As nvcc writes {@code __trap()}. */
    @Test
    void aTrapIsAFaultOfItsThread() {
        String ptx = SimulatorBench.source(0, """
                .reg .pred %p0; .reg .b32 %r0;
                mov.u32 %r0, %tid.x;
                setp.eq.u32 %p0, %r0, 37;
                @%p0 trap;
                ret;
                """);
        bench.run(ptx, LaunchShape.of(1, 37));
        KernelFault.Report report = bench.fault(ptx, LaunchShape.of(2, 64));
        assertThat(report.kind()).isEqualTo(FaultKind.TRAP);
        assertThat(report.line()).isEqualTo(8);
        assertThat(report.thread()).isEqualTo(new KernelFault.Coordinates(37, 0, 0));
        assertThat(report.toString()).contains("trap by thread (37, 0, 0) of block (0, 0, 0)");
    }
}
