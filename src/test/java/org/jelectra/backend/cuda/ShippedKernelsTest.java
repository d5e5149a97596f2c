package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
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
