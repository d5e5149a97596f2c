package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.PtxHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedKernelsTest {

    private static final String FAMILY = "rows";

    /** What a driver of CUDA 12.0 reads, the oldest that is accepted, and what the oldest accepted device runs. */
    @ParameterizedTest
    @MethodSource("org.jelectra.backend.cuda.ShippedKernels#families")
    void everyAcceptedDriverAndDeviceTakesThem(String family) {
        PtxHeader header = PtxHeader.parse(family, ShippedKernels.ptx(family));

        assertThat(header.version()).isLessThanOrEqualTo(80);
        assertThat(header.target()).isLessThanOrEqualTo(80);
        assertThat(header.architectureSpecific()).isFalse();
    }

    /** Where an instruction does not name its rounding, the driver's compiler may join a product and a sum, or not (PTX ISA, "add"). */
    @ParameterizedTest
    @MethodSource("everyModule")
    void noSumOrProductLeavesItsRoundingToTheDriversCompiler(String module) {
        String ptx = new String(ShippedKernels.ptx(module), StandardCharsets.ISO_8859_1);
        assertThat(Pattern.compile(
                                "\\b(add|sub|mul|mad|fma|div|sqrt|rcp)(\\.[a-z]+)*\\.(f32|f64|bf16|bf16x2|f16|f16x2)\\b")
                        .matcher(ptx)
                        .results()
                        .map(MatchResult::group)
                        .distinct())
                .isSubsetOf(List.of(
                        ("add.rn.f32 add.rz.f32 sub.rn.f32 mul.rn.f32 fma.rn.f32 fma.rm.f32 div.rn.f32 sqrt.rn.f32 rcp.rn.f32"
                                        + " rcp.approx.ftz.f32 add.rn.f64 sub.rn.f64 mul.rn.f64 fma.rn.f64")
                                .split(" ")));
    }

    static Stream<String> everyModule() {
        return Stream.concat(ShippedKernels.families().stream(), ShippedKernels.sm90aModules().stream());
    }

    @Test
    void oneChangedBitIsFound() {
        for (int place : new int[] {200, 1000, 5000}) {
            byte[] ptx = ShippedKernels.ptx(FAMILY);
            ptx[ptx.length - place] ^= 1;
            assertDamaged(ptx, "has the SHA-256 ");
        }
    }

    @Test
    void aFileThatEndsEarlyIsFound() {
        byte[] ptx = ShippedKernels.ptx(FAMILY);
        assertDamaged(Arrays.copyOf(ptx, ptx.length - 1), "has the SHA-256 ");
        assertDamaged(Arrays.copyOf(ptx, 100), "has no checksum in its second line");
        assertDamaged(new byte[0], "has no checksum in its second line");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ShippedKernels.ptx("none"))
                .isInstanceOf(GpuModuleException.class)
                .hasMessageContaining("/org/jelectra/kernels/none.ptx")
                .hasMessageContaining("is missing");
    }

    private static void assertDamaged(byte[] ptx, String how) {
        assertThatThrownBy(() -> ShippedKernels.checked(FAMILY, ptx))
                .isInstanceOf(GpuModuleException.class)
                .hasMessageContaining("/org/jelectra/kernels/rows.ptx on the class path are damaged: the file " + how)
                .hasMessageContaining("rebuild them with tools/build-kernels rows");
    }
}
