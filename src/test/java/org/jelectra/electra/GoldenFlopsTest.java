package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.jelectra.Golden;
import org.junit.jupiter.api.Test;

/** Compute accounting against the numbers of the paper's script. */
class GoldenFlopsTest {

    private static final Percentage EXACT = Percentage.withPercentage(1e-10);

    private final JsonObject golden = read();

    private static JsonObject read() {
        try {
            return Golden.json("flops");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void publishedModels() {
        Map<String, Double> flops = ModelFlops.published();
        JsonObject printed = golden.getAsJsonObject("printed");
        assertThat(flops.keySet()).containsExactlyInAnyOrderElementsOf(printed.keySet());
        for (String model : printed.keySet()) {
            double expected = printed.getAsJsonObject(model).get("value").getAsDouble();
            assertThat(flops.get(model)).as(model).isCloseTo(expected, EXACT);
        }
    }

    @Test
    void transformers() {
        assertThat(golden.getAsJsonArray("transformer_cases")).isNotEmpty();
        for (JsonElement element : golden.getAsJsonArray("transformer_cases")) {
            JsonObject expected = element.getAsJsonObject();
            TransformerFlops flops = transformer(expected.getAsJsonObject("args"));
            double batchSize = expected.get("batch_size").getAsDouble();
            double steps = expected.get("train_steps").getAsDouble();
            check(expected, "block_flops", flops.block());
            check(expected, "embedding_flops", flops.inputEmbedding());
            check(expected, "output_softmax_flops", flops.outputSoftmax());
            check(expected, "binary_classification_flops", flops.binaryClassification());
            check(expected, "train_flops_mlm", flops.trainMaskedLanguageModel(batchSize, steps));
            check(expected, "train_flops_discriminator", flops.trainDiscriminator(batchSize, steps));
            check(expected, "infer_flops", flops.inference());
        }
    }

    @Test
    void jointTraining() {
        assertThat(golden.getAsJsonArray("electra_train_cases")).isNotEmpty();
        for (JsonElement element : golden.getAsJsonArray("electra_train_cases")) {
            JsonObject expected = element.getAsJsonObject();
            JsonObject args = expected.getAsJsonObject("args");
            long length = number(args, "s", 512);
            long embedding = number(args, "e", number(args, "h_d", 0));
            double flops = TransformerFlops.trainElectra(
                    TransformerFlops.of(number(args, "h_d", 0), number(args, "l_d", 0))
                            .with(length, embedding),
                    TransformerFlops.of(number(args, "h_g", 0), number(args, "l_g", 0))
                            .with(length, embedding),
                    args.get("batch_size").getAsDouble(),
                    args.get("train_steps").getAsDouble());
            check(expected, "train_flops", flops);
        }
    }

    @Test
    void realCostOfASmallStep() {
        ElectraConfig small =
                ElectraConfig.of(Preset.SMALL.encoder(30522), 0.25, 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
        assertThat(StepFlops.training(small, 128, 128, 19)).isCloseTo(1149.95e9, Percentage.withPercentage(0.01));
    }

    private static TransformerFlops transformer(JsonObject args) {
        TransformerFlops flops = TransformerFlops.of(number(args, "h", 0), number(args, "l", 0));
        return flops.with(number(args, "s", flops.length()), number(args, "e", flops.embedding()))
                .withVocabulary(number(args, "v", flops.vocabulary()), flops.outputFraction())
                .withBlock(
                        number(args, "i", flops.intermediate()),
                        number(args, "heads", flops.heads()),
                        number(args, "head_size", flops.headSize()));
    }

    private static long number(JsonObject args, String key, long otherwise) {
        return args.has(key) ? args.get(key).getAsLong() : otherwise;
    }

    private static void check(JsonObject expected, String key, double actual) {
        assertThat(actual)
                .as(key + " of " + expected)
                .isCloseTo(expected.get(key).getAsDouble(), EXACT);
    }
}
