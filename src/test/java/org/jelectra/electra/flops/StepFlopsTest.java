package org.jelectra.electra.flops;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepFlopsTest {

    private static final int VOCABULARY = 30522;

    /**
     * Against the FLOPs of whole trainings that flops_computation.py of google-research/electra prints for electra_small, electra_base
     * and electra_400k. It counts a backward pass as one forward pass, where it is two; lookups as products with whole tables, which
     * are taken off here; and work on single elements, by which its figures are higher.
     */
    @ParameterizedTest
    @CsvSource({
        "SMALL, 128, 128, 1000000, 1.293743798272e18",
        "BASE, 512, 256, 766000, 6.424541834277683e19",
        "LARGE, 512, 2048, 400000, 7.117606040895488e20"
    })
    void productsAreMostOfThePublishedCompute(Preset preset, int length, int batch, int steps, double published) {
        ElectraConfig config = ElectraConfig.of(
                preset.encoder(VOCABULARY), preset.generatorSize(), 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
        double lookups = 2.0 * length * 2 * config.discriminator().embeddingSize() * (VOCABULARY + length + 3);
        double counted = published / (2.0 * batch * steps) - lookups;

        double products = StepFlops.forward(config, 1, length, (int) (0.15625 * length));

        assertThat(products / counted).isBetween(0.98, 1.0);
        assertThat(StepFlops.training(config, 1, length, (int) (0.15625 * length)))
                .isEqualTo(3 * products);
    }

    @Test
    void aSmallStep() {
        ElectraConfig small =
                ElectraConfig.of(Preset.SMALL.encoder(VOCABULARY), 0.25, 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
        assertThat(StepFlops.training(small, 128, 128, 19)).isCloseTo(1149.95e9, Percentage.withPercentage(0.01));
    }
}
