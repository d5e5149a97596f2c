package org.jelectra.electra.flops;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterCountsTest {

    @ParameterizedTest
    @CsvSource({
        "TINY, EMBEDDINGS, ELECTRA, MLE",
        "TINY, NONE, ELECTRA, MLE",
        "TINY, ALL, ELECTRA, MLE",
        "TINY, EMBEDDINGS, MLM, MLE",
        "TINY, EMBEDDINGS, ELECTRA_15, MLE",
        "TINY, EMBEDDINGS, REPLACE_MLM, MLE",
        "SMALL, NONE, REPLACE_MLM, MLE",
        "SMALL, EMBEDDINGS, ALL_TOKENS_MLM, MLE",
        "TINY, ALL, ALL_TOKENS_MLM, MLE",
        "SMALL, EMBEDDINGS, ELECTRA, MLE",
        "SMALL, ALL, ELECTRA, MLE",
        "SMALL, EMBEDDINGS, MLM, MLE",
        "TINY, EMBEDDINGS, ELECTRA, ADVERSARIAL",
        "TINY, ALL, ELECTRA, ADVERSARIAL",
        "TINY, NONE, ELECTRA, FROZEN",
        "TINY, NONE, REPLACE_MLM, FROZEN",
        "TINY, NONE, ALL_TOKENS_MLM, FROZEN"
    })
    void thoseOfTheModel(Preset preset, Sharing sharing, Objective objective, GeneratorTraining training) {
        ElectraConfig config = ElectraConfig.of(preset.encoder(1000), 0.25, 1, sharing, objective)
                .withGeneratorTraining(training);
        String kept = config.hasMainNetwork() ? ElectraModel.DISCRIMINATOR : ElectraModel.GENERATOR;
        try (Backend backend = Backends.open("cpu", 1)) {
            ElectraModel model = ElectraModel.withoutWeights(backend, config);
            long weights = model.stateDict(kept).entrySet().stream()
                    .filter(entry -> !entry.getKey().equals("generator_lm_head.weight"))
                    .mapToLong(entry -> size(entry.getValue()))
                    .sum();
            assertThat(ParameterCounts.kept(config)).isEqualTo(weights);
            ParameterCounts.Parts parts = ParameterCounts.parts(config);
            assertThat(parts.embeddings()).isEqualTo(size(model, kept, "electra.embeddings."));
            assertThat(parts.encoder()).isEqualTo(size(model, kept, "electra."));
            assertThat(ParameterCounts.trained(config))
                    .isEqualTo(parts.sum())
                    .isEqualTo(model.parameters().parameters().stream()
                            .filter(parameter -> model.trains(parameter.name()))
                            .mapToLong(parameter -> size(parameter.value()))
                            .sum());
        }
    }

    private static long size(ElectraModel model, String network, String prefix) {
        return model.stateDict(network).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(entry -> size(entry.getValue()))
                .sum();
    }

    private static long size(Tensor tensor) {
        return tensor.shape().size();
    }

    /** Of the paper's models, with BERT's vocabulary. */
    @ParameterizedTest
    @CsvSource({
        "SMALL, 13549057, 14196219",
        "SMALL_PLUS_PLUS, 13549057, 23122875",
        "BASE, 109483009, 119386427",
        "LARGE, 335142913, 354655291"
    })
    void thoseOfThePresets(Preset preset, long kept, long trained) {
        ElectraConfig config = ElectraConfig.of(
                preset.encoder(30_522), preset.generatorSize(), 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
        assertThat(ParameterCounts.kept(config)).isEqualTo(kept);
        assertThat(ParameterCounts.trained(config)).isEqualTo(trained);
    }
}
