package org.jelectra.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.jelectra.gpu.GpuModuleException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class PtxCompilerTest {

    private static byte[] ptx(String version, String body) {
        return (".version " + version + "\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 p) {\n" + body
                        + "ret;\n}\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void tellsWhatAKernelTakes() {
        byte[] source = ptx("8.0", """
                .shared .align 4 .b8 tile[256];
                .local .align 4 .b8 array[64];
                .reg .b64 %p; .reg .b32 %r<3>; .reg .b64 %a<3>;
                ld.param.u64 %p, [p];
                ld.global.u32 %r1, [%p];
                cvt.u64.u32 %a1, %r1;
                mov.u64 %a2, array;
                add.u64 %a2, %a2, %a1;
                st.local.u32 [%a2], %r1;
                mov.u32 %r2, tile;
                st.shared.u32 [%r2], %r1;
                ld.local.u32 %r2, [%a2+4];
                st.global.u32 [%p], %r2;
                """);
        assertThat(PtxCompiler.compile("test", source, "sm_90")).singleElement().satisfies(kernel -> {
            assertThat(kernel.kernel()).isEqualTo("k");
            assertThat(kernel.registers()).isPositive();
            assertThat(kernel.sharedBytes()).isEqualTo(256);
            assertThat(kernel.stackBytes()).isEqualTo(64);
            assertThat(kernel.staysOnChip()).isFalse();
        });
    }

    @Test
    void brokenPtxComesWithTheCompilersLog() {
        assertThatThrownBy(() -> PtxCompiler.compile("broken.ptx", ptx("8.0", "mvv.u32 %r1, 0;\n"), "sm_80"))
                .isInstanceOf(GpuModuleException.class)
                .hasMessageStartingWith(
                        "the PTX compiler rejects broken.ptx for sm_80: NVPTXCOMPILE_ERROR_COMPILATION_FAILURE\n")
                .hasMessageContaining("line 5; error   : Not a name of any known instruction: 'mvv'");
    }

    @Test
    void newerPtxIsRejected() {
        assertThatThrownBy(() -> PtxCompiler.compile("new.ptx", ptx("9.0", ""), "sm_80"))
                .isInstanceOf(GpuModuleException.class)
                .hasMessageContaining("Unsupported .version 9.0; current version is '8.0'");
    }

    @Test
    void readsSpillsFromTheLog() {
        String log = """
                ptxas warning : Registers are spilled to local memory in function 'sp', 584 bytes spill stores, 620 bytes spill loads
                ptxas info    : 0 bytes gmem
                ptxas info    : Compiling entry function 'st' for 'sm_90'
                ptxas info    : Function properties for st
                ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
                ptxas info    : Used 18 registers, 400 bytes smem, 16 bytes cmem[2]
                ptxas info    : Compiling entry function 'sp' for 'sm_90'
                ptxas info    : Function properties for sp
                ptxas         .     304 bytes stack frame, 584 bytes spill stores, 620 bytes spill loads
                ptxas info    : Used 64 registers, used 1 barriers
                """;
        assertThat(PtxCompiler.parse(log))
                .containsExactly(
                        new KernelResources("sp", 64, 0, 304, 584, 620, false),
                        new KernelResources("st", 18, 400, 0, 0, 0, false));
    }

    /** What changes a sum between two products makes the compiler wait for the first. */
    @Test
    void tellsWhetherProductsAreSerialized() {
        String source = new String(ptx("8.0", """
                .reg .b64 %a; .reg .f32 %f<5>; .reg .pred %q;
                ld.param.u64 %a, [p];
                mov.f32 %f0, 0f00000000;
                mov.f32 %f1, %f0;
                mov.f32 %f2, %f0;
                mov.f32 %f3, %f0;
                setp.ne.u64 %q, %a, 0;
                wgmma.fence.sync.aligned;
                PRODUCT
                BETWEEN
                PRODUCT
                wgmma.commit_group.sync.aligned;
                wgmma.wait_group.sync.aligned 0;
                st.global.v4.f32 [%a], {%f0, %f1, %f2, %f3};
                """), StandardCharsets.US_ASCII)
                .replace("sm_80", "sm_90a")
                .replace(
                        "PRODUCT",
                        "wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {%f0, %f1, %f2, %f3}, %a, %a, %q, 1, 1, 0, 0;");
        byte[] pipelined = source.replace("BETWEEN", "").getBytes(StandardCharsets.US_ASCII);
        byte[] serial = source.replace("BETWEEN", "add.f32 %f0, %f0, %f1;").getBytes(StandardCharsets.US_ASCII);

        assertThat(PtxCompiler.compile("pipelined", pipelined, "sm_90a"))
                .singleElement()
                .satisfies(kernel -> assertThat(kernel.serialized()).isFalse());
        assertThat(PtxCompiler.compile("serial", serial, "sm_90a"))
                .singleElement()
                .satisfies(kernel -> assertThat(kernel.serialized()).isTrue());
    }
}
