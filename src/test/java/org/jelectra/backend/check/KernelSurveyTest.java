package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds what the kernels are written for: memory is touched once, and no two lanes want the same bank. */
class KernelSurveyTest {

    private static final double MARGIN = 1.1;

    /** Kernels that no model of the presets runs: for other hidden sizes, and for draws given from outside. */
    private static final Set<String> OTHER_SIZES = Set.of(
            "layer_norm_forward_f32",
            "layer_norm_forward_bf16",
            "layer_norm_backward_f32",
            "layer_norm_backward_bf16",
            "sample_gumbel_given_f32",
            "sample_gumbel_given_bf16");

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
    void streamingKernelsTouchFewMoreSectorsThanTheyMust() {
        assertThat(kernels)
                .filteredOn(kernel -> !isGemm(kernel) && !OTHER_SIZES.contains(kernel.name()))
                .hasSizeGreaterThan(90)
                .allSatisfy(kernel ->
                        assertThat(kernel.sectorRatio()).as(kernel.name()).isBetween(1.0, MARGIN));
    }

    @Test
    void attentionGemmAndLayerNormHaveNoBankConflicts() {
        assertThat(kernels)
                .filteredOn(kernel -> isGemm(kernel)
                        || kernel.name().startsWith("attention")
                        || kernel.name().startsWith("layer_norm") && !OTHER_SIZES.contains(kernel.name()))
                .hasSizeGreaterThanOrEqualTo(50)
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
                        assertThat(kernel.wavefrontRatio()).as(kernel.name()).isLessThanOrEqualTo(MARGIN));
    }

    @Test
    void aFilterRunsNoMoreThanItNeeds() {
        assertThat(KernelSurvey.run("adamw"::equals)).singleElement().satisfies(kernel -> {
            assertThat(kernel.family()).isEqualTo("optimizer");
            assertThat(kernel.counters().launches()).isOne();
        });
        assertThat(KernelSurvey.run("nothing"::equals)).isEmpty();
    }
}
