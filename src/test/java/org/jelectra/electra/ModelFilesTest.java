package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jelectra.Golden;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.Sha256;
import org.jelectra.io.TestTensor;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class ModelFilesTest {

    private final Backend backend = CpuBackend.create(1);

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        backend.close();
    }

    private static ElectraConfig config(Sharing sharing, Objective objective) {
        return ElectraConfig.of(
                new EncoderConfig(31, 12, 20, 2, 2, 36, 24, 2, 0.1f, 0.1f, 1e-12f, 0.02f), 0.5, 1, sharing, objective);
    }

    private float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, ELECTRA",
        "EMBEDDINGS, ELECTRA",
        "ALL, ELECTRA",
        "NONE, REPLACE_MLM",
        "EMBEDDINGS, REPLACE_MLM",
        "ALL, REPLACE_MLM",
        "NONE, ALL_TOKENS_MLM",
        "EMBEDDINGS, ALL_TOKENS_MLM",
        "ALL, ALL_TOKENS_MLM",
        "EMBEDDINGS, MLM"
    })
    void roundTrip(Sharing sharing, Objective objective) throws IOException {
        ElectraModel saved = new ElectraModel(backend, config(sharing, objective), 5);
        ModelFiles.save(saved, 0, directory);
        ElectraModel loaded = ModelFiles.load(backend, directory);
        assertThat(loaded.config()).isEqualTo(saved.config());
        for (Map.Entry<String, Tensor> entry :
                saved.stateDict(ElectraModel.GENERATOR).entrySet()) {
            assertThat(read(loaded.stateDict(ElectraModel.GENERATOR).get(entry.getKey())))
                    .as(entry.getKey())
                    .isEqualTo(read(entry.getValue()));
        }
        assertThat(read(loaded.parameters().values()))
                .isEqualTo(read(saved.parameters().values()));
        assertThat(loaded.parameters().gradients()).isNull();
    }

    /** The names of a main network that predicts tokens are those of a generator; its gate lies beside it. */
    @Test
    void aMainNetworkThatPredictsTokensIsAMaskedLanguageModel() throws IOException {
        ModelFiles.save(
                new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ALL_TOKENS_MLM), 5), 0, directory);
        Path folder = directory.resolve("discriminator");
        try (SafetensorsReader main = SafetensorsReader.open(folder.resolve(ModelFiles.WEIGHTS));
                SafetensorsReader generator =
                        SafetensorsReader.open(directory.resolve("generator").resolve(ModelFiles.WEIGHTS));
                SafetensorsReader gate = SafetensorsReader.open(folder.resolve(ModelFiles.COPY_GATE))) {
            assertThat(main.names()).containsExactlyInAnyOrderElementsOf(generator.names());
            assertThat(gate.names()).containsExactlyInAnyOrder("copy_gate.weight", "copy_gate.bias");
            assertThat(gate.shape("copy_gate.weight")).containsExactly(1, 20);
        }
        assertThat(Files.readString(folder.resolve(ModelFiles.CONFIG))).contains("ElectraForMaskedLM");
        assertThat(Files.exists(directory.resolve("generator").resolve(ModelFiles.COPY_GATE)))
                .isFalse();
    }

    /** A new run takes the gate of another one; a run without one leaves it, and one that finds none keeps its own. */
    @Test
    void theGateIsTakenWhereItIsKnown() throws IOException {
        ElectraModel saved = new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ALL_TOKENS_MLM), 5);
        ModelFiles.save(saved, 0, directory);
        List<NetworkFolder> folders = NetworkFolder.find(List.of(directory));
        ElectraModel same = new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ALL_TOKENS_MLM), 6);
        assertThat(InitialWeights.load(same, folders)).allSatisfy(report -> {
            assertThat(report.missing()).isEmpty();
            assertThat(report.unexpected()).isEmpty();
        });
        assertThat(read(same.parameters().values()))
                .isEqualTo(read(saved.parameters().values()));
        ElectraModel replace = new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.REPLACE_MLM), 6);
        InitialWeights.Report report = InitialWeights.load(replace, folders).get(0);
        assertThat(report.missing()).isEmpty();
        assertThat(report.unexpected()).containsExactlyInAnyOrder("copy_gate.weight", "copy_gate.bias");
        Files.delete(directory.resolve("discriminator").resolve(ModelFiles.COPY_GATE));
        ElectraModel without = new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ALL_TOKENS_MLM), 6);
        assertThat(InitialWeights.load(without, folders).get(0).missing())
                .containsExactlyInAnyOrder("copy_gate.weight", "copy_gate.bias");
    }

    /** A model always becomes the same files; here its values are 0, 0.25, 0.5 and so on. */
    @Test
    void writesTheSameBytes() throws IOException {
        ElectraModel model = new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ELECTRA), 5);
        Tensor values = model.parameters().values();
        float[] ramp = new float[(int) values.size()];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i * 0.25f;
        }
        backend.upload(ramp, 0, values);
        ModelFiles.save(model, 0, directory);
        assertThat(Sha256.of(directory.resolve("discriminator/model.safetensors")))
                .isEqualTo("f17056531b3f95c0428afb649ed06d244f50cc762ef35bac6af30aa605a46963");
        assertThat(Sha256.of(directory.resolve("generator/model.safetensors")))
                .isEqualTo("c80fbb879e31aeca93b7a71df2bcf94572152ffacb5a8e21373d1ab67348a88b");
    }

    @Test
    void anOutputMatrixOfItsOwnIsRefused() throws IOException {
        ElectraModel saved = new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ELECTRA), 5);
        ModelFiles.save(saved, 0, directory);
        Path generator = directory.resolve("generator");
        Path file = generator.resolve(ModelFiles.WEIGHTS);
        fill(file, ModelFiles.OUTPUT_WORDS, 7);
        String message = file + ": generator_lm_head.weight must equal electra.embeddings.word_embeddings.weight,"
                + " as they are one tensor here (tie_word_embeddings), but they differ";
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
        List<NetworkFolder> folders = NetworkFolder.find(List.of(directory));
        assertThatThrownBy(() -> InitialWeights.load(saved, folders))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
        EncoderWithHead<?> encoder = new EncoderWithHead<>(
                backend, saved.config().generator(), (arena, sizes) -> new SpanHead(arena, sizes), 1);
        assertThatThrownBy(() -> EncoderFiles.loadEncoder(encoder, generator))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    /** Gives every element of a tensor in a file one value. */
    private static void fill(Path file, String tensor, float value) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            List<TestTensor> tensors = new ArrayList<>();
            for (String name : reader.names()) {
                TestTensor read = TestTensor.read(reader, name);
                if (name.equals(tensor)) {
                    Arrays.fill(read.data(), value);
                }
                tensors.add(read);
            }
            TestTensor.write(file, tensors);
        }
    }

    /** The names of ElectraForPreTraining and ElectraForMaskedLM, as the golden files of HuggingFace's code have them. */
    @Test
    void namesAndShapesAreHuggingFaces() throws IOException {
        ModelFiles.save(new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ELECTRA), 5), 0, directory);
        try (SafetensorsReader golden = Golden.safetensors("pretrain_b")) {
            for (String network : new String[] {"discriminator", "generator"}) {
                String prefix = "param." + network + ".";
                try (SafetensorsReader file =
                        SafetensorsReader.open(directory.resolve(network + "/model.safetensors"))) {
                    assertThat(file.names())
                            .containsExactlyInAnyOrderElementsOf(golden.names().stream()
                                    .filter(name -> name.startsWith(prefix)
                                            && !name.contains("layer.2")
                                            && !name.endsWith("position_ids"))
                                    .map(name -> name.substring(prefix.length()))
                                    .toList());
                }
            }
        }
        JsonObject json = Json.read(directory.resolve("discriminator/config.json"));
        assertThat(json.get("model_type").getAsString()).isEqualTo("electra");
        assertThat(json.get("hidden_dropout_prob").getAsString()).isEqualTo("0.1");
        assertThat(json.get("layer_norm_eps").getAsDouble()).isEqualTo(1e-12);
    }

    /** HuggingFace takes the row of that number out of the training. */
    @Test
    void theNumberOfPadIsTheVocabularys() throws IOException {
        ModelFiles.save(new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ELECTRA), 5), 3, directory);
        for (String network : List.of("discriminator", "generator")) {
            JsonObject json = Json.read(directory.resolve(network).resolve("config.json"));
            assertThat(json.get("pad_token_id").getAsInt()).isEqualTo(3);
        }
    }

    @Test
    void parameterCountsOfSmall() {
        ElectraConfig small = ElectraConfig.of(
                Preset.SMALL.encoder(30522), Preset.SMALL.generatorSize(), 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
        assertThat(new ElectraModel(backend, small, 1).parameters().parameterCount())
                .isEqualTo(14_196_219);
    }

    @Test
    void notAModel() {
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("generator/");
    }

    /** predict, fine-tuning and export refuse such a folder: a run may not begin with it either. */
    @Test
    void aModelIsOfOneClass() throws IOException {
        ModelFiles.save(new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ELECTRA), 5), 0, directory);
        Path file = directory.resolve("discriminator/config.json");
        String json = Files.readString(file);
        for (String names : List.of("[\"ElectraForPreTraining\", \"X\"]", "[]", "\"ElectraForPreTraining\"", "null")) {
            Files.writeString(
                    file, json.replaceFirst("\"architectures\": \\[[^\\]]*\\]", "\"architectures\": " + names));
            assertRefused(file + ": expected \"architectures\" with one name, found " + names.replace(", ", ","));
        }
        Files.writeString(file, json.replace("ElectraForPreTraining", "NotElectraForPreTraining"));
        assertRefused(file + ": expected \"architectures\" ElectraForPreTraining (a discriminator) or"
                + " ElectraForMaskedLM (a generator), found NotElectraForPreTraining");
    }

    /** Of the discriminator: where a run begins with it, and where it is loaded. */
    private void assertRefused(String message) {
        assertThatThrownBy(() -> NetworkFolder.find(List.of(directory.resolve("discriminator"))))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    @Test
    void configAndWeightsDisagree() throws IOException {
        ModelFiles.save(new ElectraModel(backend, config(Sharing.EMBEDDINGS, Objective.ELECTRA), 5), 0, directory);
        Path file = directory.resolve("discriminator/config.json");
        String json = Files.readString(file);

        Files.writeString(file, json.replace("\"intermediate_size\": 36", "\"intermediate_size\": 40"));
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("intermediate.dense.weight must be [40, 20], got [36, 20]");

        Files.writeString(file, json.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"));
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing tensors [electra.encoder.layer.2.");

        Files.writeString(file, json.replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 3"));
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("20 and 3");

        Files.writeString(file, json.replace("\"hidden_size\"", "\"hidden\""));
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("\"hidden_size\" is missing");

        Files.writeString(file, json.replaceFirst("\"hidden_size\": \\d+", "\"hidden_size\": \"x\""));
        assertThatThrownBy(() -> ModelFiles.load(backend, directory))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": \"hidden_size\": expected an integer from 1 to 2147483647, found \"x\"");
    }
}
