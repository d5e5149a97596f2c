package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What options of {@code jelectra finetune} change: the length of text, frozen layers, rates, dropout. */
class FineTuneOptionsTest extends TinyFineTuning {

    @Test
    void lengthsThatTheModelWasNotTrainedOnAreAskedFor() throws IOException {
        String[] longer = {"--epochs", "0.1", "--max-length", "48"};
        CommandRunner.Result refused = finetune("sst", sst(), directory.resolve("a"), longer);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("jelectra finetune: --max-length 48: the model was trained on sequences of 32 tokens, its"
                        + " positions beyond may not be trained; leave --max-length out,");
        assertThat(directory.resolve("a")).doesNotExist();
        for (String reason : List.of("--untrained-positions", "--random-weights")) {
            String[] asked = Arrays.copyOf(longer, longer.length + 1);
            asked[longer.length] = reason;
            CommandRunner.Result result = assertSuccess(finetune("sst", sst(), directory.resolve(reason), asked));
            assertThat(result.out()).contains("up to 48 tokens");
            Path tokenizer = directory.resolve(reason).resolve("seed-1/tokenizer_config.json");
            assertThat(Json.read(tokenizer).get("model_max_length").getAsInt()).isEqualTo(48);
        }
    }

    @Test
    void positionsBeyondTheTrainedOnesNeedALength() throws IOException {
        CommandRunner.Result result = finetune("sst", sst(), directory.resolve("a"), "--untrained-positions");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).startsWith("jelectra finetune: --untrained-positions needs --max-length");
        assertThat(directory.resolve("a")).doesNotExist();
        CommandRunner.Result glue = CommandRunner.run(
                "glue",
                "--model",
                model.toString(),
                "--data",
                sst().toString(),
                "--output",
                directory.resolve("b").toString(),
                "--untrained-positions");
        assertThat(glue.code()).isEqualTo(2);
        assertThat(glue.err()).startsWith("jelectra glue: --untrained-positions needs --max-length");
    }

    /** Its length is the task's, 16 tokens, but its positions are those of the pre-training. */
    @Test
    void aFineTunedModelLearnsLongerTextUpToWhatItWasPreTrainedOn() throws IOException {
        Path first = directory.resolve("first");
        assertSuccess(finetune("sst", sst(), first, "--epochs", "0.1", "--max-length", "16"));
        JsonObject tokenizer = Json.read(first.resolve("seed-1/tokenizer_config.json"));
        assertThat(tokenizer.get("model_max_length").getAsInt()).isEqualTo(16);
        assertThat(tokenizer.get("trained_max_length").getAsInt()).isEqualTo(32);

        Path base = first.resolve("seed-1");
        CommandRunner.Result longest =
                assertSuccess(finetune(base, "sst", sst(), directory.resolve("second"), "--epochs", "0.1"));
        assertThat(longest.out()).contains("up to 32 tokens");
        tokenizer = Json.read(directory.resolve("second/seed-1/tokenizer_config.json"));
        assertThat(tokenizer.get("model_max_length").getAsInt()).isEqualTo(32);
        assertThat(tokenizer.has("trained_max_length")).isFalse();

        CommandRunner.Result refused =
                finetune(base, "sst", sst(), directory.resolve("third"), "--epochs", "0.1", "--max-length", "33");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--max-length 33: the model was trained on sequences of 32 tokens");
    }

    @Test
    void aBatchIsComputedInParts() throws IOException {
        Path output = directory.resolve("out");
        String[] parts = {"--epochs", "1", "--batch", "16", "--accumulate", "4"};
        assertThat(assertSuccess(finetune("SST-2", sst(), output, parts)).out())
                .contains(" 1.0 epochs, batch 16 in 4 parts, up to 32 tokens");
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.getAsJsonObject("settings").get("microBatches").getAsInt())
                .isEqualTo(4);
        refused(
                finetune("SST-2", sst(), output, "--epochs", "1", "--batch", "16", "--accumulate", "2", "--resume"),
                "microBatches (--accumulate) was 4, now 2");

        CommandRunner.Result odd = finetune("SST-2", sst(), directory.resolve("a"), "--accumulate", "5");
        assertThat(odd.code()).isEqualTo(2);
        assertThat(odd.err()).startsWith("jelectra finetune: the batch size must be divisible by ");
        assertThat(directory.resolve("a")).doesNotExist();
    }

    /** The model has one layer. */
    @Test
    void theHeadAloneLearns() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result =
                assertSuccess(finetune("SST-2", sst(), output, "--epochs", "1", "--freeze", "all"));
        assertThat(result.out()).contains("; layers 1 to 1: frozen; embeddings frozen\n");
        try (SafetensorsReader before = SafetensorsReader.open(model.resolve("discriminator/model.safetensors"));
                SafetensorsReader after = SafetensorsReader.open(output.resolve("seed-1/model.safetensors"))) {
            List<String> encoder = after.names().stream()
                    .filter(name -> name.startsWith("electra."))
                    .toList();
            assertThat(encoder).hasSizeGreaterThan(10);
            for (String name : encoder) {
                assertThat(after.floats(name)).as(name).isEqualTo(before.floats(name));
            }
        }
        assertThat(finetune("SST-2", sst(), directory.resolve("a"), "--epochs", "0.1", "--freeze", "embeddings")
                        .out())
                .matches("(?s).*; layers 1 to 1: [0-9.e-]+; embeddings frozen\n.*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2", "-1", "none", "1.5", "99999999999", ""})
    void whatCannotBeFrozenIsRefused(String what) throws IOException {
        CommandRunner.Result result = finetune("SST-2", sst(), directory.resolve("out"), "--freeze", what);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("jelectra finetune: --freeze " + what
                        + ": expected embeddings, all, or the number of a layer of the model, 1 to 1");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void theRateOfEachPartIsSaid() throws IOException {
        String[] options = {"--epochs", "1", "--batch", "16", "--learning-rate", "1e-3", "--layer-decay", "0.5"};
        Path original = directory.resolve("a");
        assertThat(finetune("sst", sst(), original, options).out())
                .contains("learning rates: head 0.00100; layers 1 to 1: 0.000250; embeddings 0.000125\n");

        String[] even = Arrays.copyOf(options, options.length + 1);
        even[options.length] = "--no-layer-decay-compat";
        assertThat(finetune("sst", sst(), directory.resolve("b"), even).out())
                .contains("learning rates: head 0.00100; layers 1 to 1: 0.000500; embeddings 0.000250\n");
        assertThat(directory.resolve("b/seed-1/model.safetensors"))
                .satisfies(file -> assertThat(Files.mismatch(file, original.resolve("seed-1/model.safetensors")))
                        .isNotNegative());
        even = Arrays.copyOf(even, even.length + 1);
        even[even.length - 1] = "--resume";
        assertThat(finetune("sst", sst(), original, even).err()).contains("layerDecayCompatible was true, now false");
    }

    @Test
    void dropoutIsTheModelsOrAsGiven() throws IOException {
        Path none = directory.resolve("none");
        String[] settings = {"--epochs", "1", "--batch", "16"};
        assertThat(finetune("sst", sst(), none, settings).out()).contains("dropout 0.0,");
        Path half = directory.resolve("half");
        CommandRunner.Result result =
                assertSuccess(finetune("sst", sst(), half, "--epochs", "1", "--batch", "16", "--dropout", "0.5"));
        assertThat(result.out()).contains("dropout 0.5,");
        JsonObject config = Json.read(half.resolve("seed-1/config.json"));
        assertThat(config.get("hidden_dropout_prob").getAsDouble()).isEqualTo(0.5);
        assertThat(config.get("attention_probs_dropout_prob").getAsDouble()).isEqualTo(0.5);
        assertThat(Files.readAllBytes(half.resolve("seed-1/model.safetensors")))
                .isNotEqualTo(Files.readAllBytes(none.resolve("seed-1/model.safetensors")));
        CommandRunner.Result other = finetune("sst", sst(), half, "--epochs", "1", "--batch", "16", "--resume");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err())
                .contains("hiddenDropout was 0.5, now 0.0; attentionDropout was 0.5, now 0.0")
                .hasLineCount(1);
        CommandRunner.Result wrong = finetune("sst", sst(), directory.resolve("wrong"), "--dropout", "1");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("dropout must be in [0, 1), got 1.0");
    }
}
