package org.jelectra.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class DriverReleaseTest {

    @Test
    void readsBothKindsOfKernelModules() {
        assertThat(DriverRelease.find(
                        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n"
                                + "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)"))
                .contains("550.54.14");
        assertThat(
                        DriverRelease.find(
                                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (root@host)"))
                .contains("580.65.06");
        assertThat(DriverRelease.find("something else 12.34")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"70, 11000", "78, 11080", "80, 12000", "84, 12040", "87, 12080", "90, 13000"})
    void ptxVersionsCameWithCudaVersions(int ptx, int cuda) {
        assertThat(DriverRelease.cudaOfPtx(ptx)).isEqualTo(cuda);
    }

    @Test
    void namesTheDriverWhereItIsKnown() {
        assertThat(DriverRelease.needed(12070))
                .isEqualTo("CUDA 12.7 or newer is needed, which NVIDIA driver 570 or newer has");
        assertThat(DriverRelease.needed(14000)).isEqualTo("CUDA 14.0 or newer is needed");
    }
}
