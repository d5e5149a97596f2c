package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.jelectra.gpu.sim.KernelCounters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds what the kernels are written for: memory is touched once, and no two lanes want the same bank. With
 * {@code -Djelectra.kernels.print=true} it prints what each kernel costs.
 */
class KernelSurveyTest {

    private static final String ROW = "%-46s %12s %11s %6s %11s %6s%n";
    private static final double SECTOR_MARGIN = 1.07;
    private static final double WAVEFRONT_MARGIN = 1.04;

    private static List<SurveyedKernel> kernels;

    @BeforeAll
    static void survey() {
        kernels = KernelSurvey.run();
        if (Boolean.getBoolean("jelectra.kernels.print")) {
            System.out.printf(ROW, "kernel", "instructions", "sectors", "/ideal", "wavefronts", "/ideal");
            kernels.forEach(KernelSurveyTest::print);
        }
    }

    private static void print(SurveyedKernel kernel) {
        KernelCounters counters = kernel.counters();
        System.out.printf(
                ROW,
                kernel.name() + (kernel.module().endsWith("_sm90a") ? " sm_90a" : ""),
                counters.warpInstructions(),
                counters.loadSectors() + counters.storeSectors(),
                String.format(Locale.ROOT, "%.3f", kernel.sectorRatio()),
                counters.sharedWavefronts(),
                String.format(Locale.ROOT, "%.3f", kernel.wavefrontRatio()));
    }

    private static boolean isGemm(SurveyedKernel kernel) {
        return kernel.name().startsWith("gemm_");
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
}
