package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds what the kernels are written for: memory is touched once, and no two lanes want the same bank. */
class KernelSurveyTest {

    private static final double SECTOR_MARGIN = 1.07;
    private static final double WAVEFRONT_MARGIN = 1.04;

    private static List<SurveyedKernel> kernels;

    @BeforeAll
    static void survey() {
        kernels = KernelSurvey.run(name -> true);
    }

    private static boolean isGemm(SurveyedKernel kernel) {
        return kernel.name().startsWith("gemm_") && !kernel.name().startsWith("gemm_add");
    }

    @Test
    void everyKernelRuns() {
        assertThat(kernels)
                .extracting(SurveyedKernel::name)
                .containsExactlyElementsOf(KernelSurvey.kernels())
                .hasSizeGreaterThan(100);
    }

    @Test
    void kernelsTouchFewMoreSectorsThanTheyMust() {
        assertThat(kernels)
                .allSatisfy(kernel ->
                        assertThat(kernel.sectorRatio()).as(kernel.name()).isBetween(1.0, SECTOR_MARGIN));
    }

    @Test
    void gemmLayerNormAndSamplingTouchNoSectorTooMany() {
        assertThat(kernels)
                .filteredOn(kernel -> isGemm(kernel)
                        || kernel.name().startsWith("layer_norm")
                        || kernel.name().startsWith("sample_"))
                .hasSizeGreaterThanOrEqualTo(50)
                .allSatisfy(kernel ->
                        assertThat(kernel.sectorRatio()).as(kernel.name()).isEqualTo(1));
    }

    @Test
    void attentionGemmAndLayerNormHaveNoBankConflicts() {
        assertThat(kernels)
                .filteredOn(kernel -> isGemm(kernel)
                        || kernel.name().startsWith("attention")
                        || kernel.name().startsWith("layer_norm"))
                .hasSizeGreaterThanOrEqualTo(54)
                .allSatisfy(kernel -> assertThat(kernel.counters().sharedWavefronts())
                        .as(kernel.name())
                        .isPositive())
                .allSatisfy(kernel ->
                        assertThat(kernel.wavefrontRatio()).as(kernel.name()).isEqualTo(1));
    }

    @Test
    void noKernelHasManyBankConflicts() {
        assertThat(kernels)
                .allSatisfy(kernel ->
                        assertThat(kernel.wavefrontRatio()).as(kernel.name()).isLessThanOrEqualTo(WAVEFRONT_MARGIN));
    }

    @Test
    void aFilterRunsNoMoreThanItNeeds() {
        assertThat(KernelSurvey.run("adamw"::equals)).singleElement().satisfies(kernel -> {
            assertThat(kernel.module()).isEqualTo("optimizer");
            assertThat(kernel.counters().launches()).isOne();
        });
        assertThat(KernelSurvey.run("nothing"::equals)).isEmpty();
    }
}
