package org.jelectra.electra.flops;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jelectra.Golden;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the functions and the output of flops_computation.py of google-research/electra, to the last digit. */
@Tag("every-jdk")
class GoldenFlopsTest {

    /** Names of the script and ours. */
    private static final Map<String, String> MODELS = Map.ofEntries(
            Map.entry("elmo", "ELMo"),
            Map.entry("xlnet", "XLNet"),
            Map.entry("gpt", "GPT"),
            Map.entry("bert_small", "BERT-Small"),
            Map.entry("bert_base", "BERT-Base"),
            Map.entry("bert_large", "BERT-Large"),
            Map.entry("electra_small", "ELECTRA-Small"),
            Map.entry("electra_base", "ELECTRA-Base"),
            Map.entry("electra_400k", "ELECTRA-400K"),
            Map.entry("electra_1.75M", "ELECTRA-1.75M"),
            Map.entry("roberta", "RoBERTa-500K"),
            Map.entry("albert", "ALBERT"),
            Map.entry("t5_11b", "T5-11B"));

    static Stream<JsonObject> transformers() throws IOException {
        return cases("transformer_cases");
    }

    static Stream<JsonObject> trainings() throws IOException {
        return cases("electra_train_cases");
    }

    private static Stream<JsonObject> cases(String name) throws IOException {
        var cases = Golden.json("flops").getAsJsonArray(name);
        assertThat(cases).hasSizeGreaterThan(3);
        return StreamSupport.stream(cases.spliterator(), false).map(JsonElement::getAsJsonObject);
    }

    @Test
    void everyModelOfTheScript() throws IOException {
        JsonObject printed = Golden.json("flops").getAsJsonObject("printed");
        assertThat(printed.keySet()).containsExactlyInAnyOrderElementsOf(MODELS.keySet());
        for (String name : printed.keySet()) {
            CountedTraining model = PublishedModels.ALL.stream()
                    .filter(candidate -> candidate.name().equals(MODELS.get(name)))
                    .findFirst()
                    .orElseThrow();
            assertThat(model.trainingFlops())
                    .as(name)
                    .isEqualTo(printed.getAsJsonObject(name).get("value").getAsDouble());
        }
    }

    @ParameterizedTest
    @MethodSource("transformers")
    void everyPart(JsonObject expected) {
        JsonObject args = expected.getAsJsonObject("args");
        int hidden = args.get("h").getAsInt();
        EncoderFlops flops = EncoderFlops.of(encoder(args, hidden, args.get("l").getAsInt()), or(args, "s", 512));
        double sequences = 2
                * expected.get("batch_size").getAsDouble()
                * expected.get("train_steps").getAsDouble();

        check(expected, "block_flops", flops.layer());
        check(expected, "embedding_flops", flops.embeddings());
        check(expected, "output_softmax_flops", flops.maskedTokenHead());
        check(expected, "binary_classification_flops", flops.replacedTokenHead());
        check(expected, "infer_flops", flops.discriminator());
        check(expected, "train_flops_mlm", sequences * flops.maskedLanguageModel());
        check(expected, "train_flops_discriminator", sequences * flops.discriminator());
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void trainingsOfBothNetworks(JsonObject expected) {
        JsonObject args = expected.getAsJsonObject("args");
        assertThat(args.get("tied_embeddings").getAsBoolean()).isTrue();
        int hidden = args.get("h_d").getAsInt();
        EncoderConfig discriminator = encoder(args, hidden, args.get("l_d").getAsInt());
        double size = args.get("h_g").getAsDouble() / hidden;
        double depth = args.get("l_g").getAsDouble() / args.get("l_d").getAsDouble();
        ElectraConfig config = ElectraConfig.of(discriminator, size, depth, Sharing.EMBEDDINGS, Objective.ELECTRA);

        double flops = PaperFlops.training(
                config,
                args.get("batch_size").getAsInt(),
                or(args, "s", 512),
                args.get("train_steps").getAsDouble());

        check(expected, "train_flops", flops);
    }

    /** The main network learns, and the generator is only used. */
    @Test
    void aFrozenGeneratorHasNoBackwardPass() {
        EncoderConfig encoder = Preset.TINY.encoder(1000);
        ElectraConfig usual = ElectraConfig.of(encoder, 0.5, 1, Sharing.NONE, Objective.ELECTRA);
        double generator = EncoderFlops.of(usual.generator(), 32).maskedLanguageModel();
        double discriminator = EncoderFlops.of(encoder, 32).discriminator();

        assertThat(PaperFlops.training(usual, 4, 32, 5)).isEqualTo(20 * 2 * (discriminator + generator));
        assertThat(PaperFlops.training(usual.withGeneratorTraining(GeneratorTraining.FROZEN), 4, 32, 5))
                .isEqualTo(20 * (2 * discriminator + generator));
    }

    private static void check(JsonObject expected, String name, double actual) {
        assertThat(actual).as(name).isEqualTo(expected.get(name).getAsDouble());
    }

    private static EncoderConfig encoder(JsonObject args, int hidden, int layers) {
        return new EncoderConfig(
                or(args, "v", 30_522),
                or(args, "e", hidden),
                hidden,
                layers,
                or(args, "heads", Math.max(1, hidden / 64)),
                or(args, "i", 4 * hidden),
                512,
                2,
                0,
                0,
                1e-12f,
                0.02f);
    }

    private static int or(JsonObject args, String name, int otherwise) {
        return args.has(name) ? args.get(name).getAsInt() : otherwise;
    }
}
