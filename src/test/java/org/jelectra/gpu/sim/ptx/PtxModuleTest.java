package org.jelectra.gpu.sim.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be read is named by its line. */
@Tag("every-jdk")
class PtxModuleTest {

    private static PtxKernel kernel(String body) {
        return PtxModule.parse("\n.entry k() {\n" + body + "\n}").kernels().get("k");
    }

    @Test
    void registersOfAllForms() {
        assertThat(kernel(".reg .pred %p;\n.reg .b16 %r<2>, s, %q < 1 >;\n.reg .f32 none<0>;")
                        .registers())
                .isEqualTo(Map.of("%p", "pred", "%r0", "b16", "%r1", "b16", "s", "b16", "%q0", "b16"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ".reg .pred; | these are no registers that can be read: .reg .pred",
                ".reg b16 x; | these are no registers that can be read: .reg b16 x",
                ".reg .b16 %r<x>; | this is no register that can be read: %r<x>",
                ".reg .b16 %r<3; | this is no register that can be read: %r<3",
                ".reg .b16 %r<99999999999>; | 99999999999: expected a number below 2147483648",
                ".reg .b16 %r<2000000>; | expected at most 1048576 registers at once, found 2000000",
                "@; | a guard without an instruction: @",
                "@!; | a guard without an instruction: @!",
                "add.s32 x, !; | an operand is missing: add.s32 x, !",
                "'add.s32 x|, 1;' | 'an operand is missing: add.s32 x|, 1'",
                "ld.u32 x, []; | an operand is missing: ld.u32 x, []",
                ".shared .b8 a[99999999999]; | 99999999999: expected a number below 2147483648",
                ".shared .b64 a[536870912]; | 8 times 536870912: expected a number below 2147483648",
                ".shared .b8 a[65536][65536]; | 65536 times 65536: expected a number below 2147483648",
                ".shared .align 0 .b8 a[4]; | the alignment 0 is no power of two: .shared .align 0 .b8 a[4]",
                ".shared .align 99999999999 .b8 a; | 99999999999: expected a number below 2147483648",
            })
    void whatABodyDoesNotHave(String body, String message) {
        refused(".entry k() {\n" + body + "\n}", 2, message);
    }

    @ParameterizedTest
    @CsvSource({"99999999999, 99999999999", "'65536, 65536', 65536 times 65536"})
    void blocksOfTooManyThreads(String threads, String product) {
        refused("\n.entry k() .maxntid " + threads + "\n{ ret; }", 2, product + ": expected a number below 2147483648");
    }

    @Test
    void whatIsNotClosed() {
        refused("\n.func f() {\n{ ret; }\n", 2, "the brace that opens here is not closed");
        refused("\n\n/* a comment\n", 3, "the comment that begins here has no end");
        refused(".entry k() {\nret;\n", 3, "the source ends inside a kernel");
        assertThat(PtxModule.parse("/**/.func f() {{}}// to the end").kernels()).isEmpty();
    }

    private static void refused(String source, int line, String message) {
        assertThatThrownBy(() -> PtxModule.parse(source))
                .isInstanceOf(PtxSyntaxException.class)
                .hasMessageStartingWith("line " + line + ": " + message);
    }
}
