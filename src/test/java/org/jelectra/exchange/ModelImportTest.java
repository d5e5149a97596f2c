package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jelectra.Golden;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.NetworkFolder;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.inference.ModelKind;
import org.jelectra.inference.TestModels;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.TestTensor;
import org.jelectra.io.pytorch.PyTorchReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shapes in which models come, and those that are refused. */
@Tag("every-jdk")
class ModelImportTest {

    @TempDir
    Path folder;

    private Path run;
    private Path discriminator;
    private Path generator;
    private Path output;

    @BeforeEach
    void models() throws IOException {
        run = Folders.run(folder.resolve("run"));
        discriminator = run.resolve("discriminator");
        generator = run.resolve("generator");
        output = folder.resolve("out");
    }

    /** Whatever happened, no half of a model is left. */
    @AfterEach
    void nothingElseIsLeft() throws IOException {
        assertThat(Folders.list(folder)).isSubsetOf("hub", "out", "run", "task");
    }

    private void imports(Path... sources) throws IOException {
        ModelImport.run(List.of(sources), output);
    }

    private void refused(String message, Path... sources) {
        assertThatThrownBy(() -> imports(sources))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]+");
        assertThat(output).doesNotExist();
    }

    private Map<String, List<Float>> expected(Path network) throws IOException {
        Map<String, List<Float>> tensors = Folders.tensors(network);
        tensors.remove(Folders.OUTPUT_WORDS);
        return tensors;
    }

    /** A table that was rounded up to a number that a GPU likes, or that resize_token_embeddings made larger. */
    @Test
    void moreRowsThanTokens() throws IOException {
        for (Path network : List.of(discriminator, generator)) {
            Path vocabulary = network.resolve("vocab.txt");
            List<String> tokens = new ArrayList<>(Files.readAllLines(vocabulary).subList(0, Folders.VOCABULARY - 3));
            tokens.set(7, "[unused1]");
            Files.write(vocabulary, tokens);
        }
        assertThat(ModelImport.run(List.of(run), output))
                .allSatisfy(report -> assertThat(report.notes())
                        .containsExactly(
                                "the vocabulary has 119 tokens and the model rows for 122: 3 tokens [unusedN], which"
                                        + " no text has, were added"));
        assertThat(Files.readAllLines(output.resolve("generator/vocab.txt")))
                .hasSize(Folders.VOCABULARY)
                .endsWith("[unused0]", "[unused2]", "[unused3]");
        assertThat(Folders.tensors(output.resolve("discriminator"))).isEqualTo(Folders.tensors(discriminator));
        Files.writeString(
                discriminator.resolve("vocab.txt"),
                Files.readString(output.resolve("discriminator/vocab.txt")) + "one\ntwo\n");
        assertThatThrownBy(() -> ModelImport.run(List.of(discriminator), folder.resolve("hub")))
                .hasMessageEndingWith("the vocabulary must have as many tokens as the model, got 124 and 122");
    }

    @Test
    void bothNetworksInOneFolder() throws IOException {
        List<ModelReport> reports = ModelImport.run(List.of(run), output);
        assertThat(reports)
                .extracting(ModelReport::architecture)
                .containsExactly(Architecture.PRE_TRAINING, Architecture.MASKED_LM);
        assertThat(Folders.tensors(output.resolve("discriminator"))).isEqualTo(expected(discriminator));
        assertThat(Folders.tensors(output.resolve("generator"))).isEqualTo(expected(generator));
        try (Backend backend = CpuBackend.create(1)) {
            assertThat(ModelFiles.load(backend, output).config())
                    .isEqualTo(ModelFiles.load(backend, run).config());
        }
    }

    @Test
    void aNetworkAlone() throws IOException {
        imports(generator);
        assertThat(Folders.list(output)).containsExactly("generator");
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.GENERATOR);
        assertThat(ModelFiles.readConfig(output.resolve("generator"))).isEqualTo(ModelFiles.readConfig(generator));
    }

    @Test
    void aModelOfATask() throws IOException {
        Path task = TestModels.regressor(folder.resolve("task"), 5);
        imports(task);
        assertThat(Folders.list(output))
                .containsExactly("config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt");
        assertThat(Json.read(output.resolve("config.json"))).isEqualTo(Json.read(task.resolve("config.json")));
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.REGRESSION);
    }

    @Test
    void anEmptyFolderIsTaken() throws IOException {
        Files.createDirectory(output);
        imports(discriminator);
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.DISCRIMINATOR);
    }

    @Test
    void namesOfTheFirstModels() throws IOException {
        Map<String, List<Float>> before = expected(generator);
        Folders.rename(
                generator,
                name -> name.replace("LayerNorm.weight", "LayerNorm.gamma")
                        .replace("LayerNorm.bias", "LayerNorm.beta"));
        Folders.change(
                generator,
                tensors -> tensors.put(
                        "electra.embeddings.position_ids",
                        new TestTensor("electra.embeddings.position_ids", new int[] {1, 64}, new float[64])));
        assertThat(Folders.tensors(generator)).containsKey("generator_predictions.LayerNorm.gamma");
        imports(generator);
        assertThat(Folders.tensors(output.resolve("generator"))).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {Folders.WORDS, Folders.OUTPUT_WORDS})
    void eitherOfTheTiedTensorsIsEnough(String dropped) throws IOException {
        Map<String, List<Float>> before = expected(generator);
        Folders.rename(generator, name -> name.equals(dropped) ? null : name);
        imports(generator);
        assertThat(Folders.tensors(output.resolve("generator"))).isEqualTo(before);
    }

    @Test
    void anOutputMatrixOfItsOwnIsRefused() throws IOException {
        Folders.change(generator, tensors -> tensors.get(Folders.OUTPUT_WORDS).data()[3] += 1);
        Folders.json(generator.resolve("config.json"), json -> json.addProperty("tie_word_embeddings", false));
        refused("generator_lm_head.weight must equal electra.embeddings.word_embeddings.weight", generator);
        // tied, it is what HuggingFace's code overwrites with the word table
        Folders.json(generator.resolve("config.json"), json -> json.addProperty("tie_word_embeddings", true));
        Map<String, List<Float>> before = expected(generator);
        imports(generator);
        assertThat(Folders.tensors(output.resolve("generator"))).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"float32-legacy.bin, 0, F32", "float16-zip.bin, 0x1p-11, F16", "bfloat16-zip.bin, 0x1p-8, BF16"})
    void filesOfPytorch(String name, String precision, String type) throws IOException {
        Path hub = folder.resolve("hub");
        Folders.goldenConfig(hub, "finetune_cls", "config", "ElectraForSequenceClassification");
        Folders.resource(name, hub.resolve("pytorch_model.bin"));
        assertThatThrownBy(() -> EncoderFiles.find(hub)).hasMessageEndingWith("; jelectra import makes a model of it");
        assertThat(ModelImport.run(List.of(hub), output).get(0).types()).containsExactly(type);
        try (SafetensorsReader golden = Golden.safetensors("finetune_cls");
                SafetensorsReader found = SafetensorsReader.open(output.resolve("model.safetensors"))) {
            assertThat(found.names()).hasSizeGreaterThan(30);
            for (String tensor : found.names()) {
                float[] expected = golden.floats("param." + tensor);
                float[] values = found.floats(tensor);
                assertThat(values).hasSameSizeAs(expected);
                for (int i = 0; i < values.length; i++) {
                    // the smallest step of binary16 near 0 is 2^-24
                    double tolerance = Double.parseDouble(precision) * (Math.abs(expected[i]) + 0x1p-14);
                    assertThat((double) values[i]).isCloseTo(expected[i], within(tolerance));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"})
    void otherCommandsNameThisOne(String weights) throws IOException {
        Files.move(discriminator.resolve("model.safetensors"), discriminator.resolve(weights));
        assertThatThrownBy(() -> NetworkFolder.find(List.of(discriminator)))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("found none but " + weights + "; jelectra import makes a model of it");
    }

    @Test
    void severalFilesAreTheSameModel() throws IOException {
        imports(run);
        Path whole = Files.move(output, folder.resolve("hub"));
        for (Path network : List.of(discriminator, generator)) {
            Folders.shard(network, 3);
        }
        assertThat(ModelImport.run(List.of(run), output))
                .extracting(ModelReport::weights)
                .containsExactly(
                        discriminator.resolve("model.safetensors.index.json"),
                        generator.resolve("model.safetensors.index.json"));
        for (String network : List.of("discriminator", "generator")) {
            assertThat(output.resolve(network).resolve("model.safetensors"))
                    .hasSameBinaryContentAs(whole.resolve(network).resolve("model.safetensors"));
        }
    }

    @Test
    void anIndexOfPickles() throws IOException {
        Path hub = folder.resolve("hub");
        Folders.goldenConfig(hub, "finetune_cls", "config", "ElectraForSequenceClassification");
        Path weights = Folders.resource("float16-zip.bin", hub.resolve("pytorch_model.bin"));
        imports(hub);
        Path whole = Files.move(output, folder.resolve("task"));
        String name = "pytorch_model-00001-of-00001.bin";
        try (PyTorchReader file = PyTorchReader.open(weights)) {
            Folders.index(
                    hub.resolve("pytorch_model.bin.index.json"),
                    file.names().stream().collect(Collectors.toMap(tensor -> tensor, tensor -> name)));
        }
        Files.move(weights, hub.resolve(name));
        imports(hub);
        assertThat(output.resolve("model.safetensors")).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    }

    /** As HuggingFace's code looks for them; what is not taken is not even opened. */
    @Test
    void theFirstOfSeveralFormatsIsTaken() throws IOException {
        List<String> names = List.of(
                "model.safetensors",
                "model.safetensors.index.json",
                "pytorch_model.bin",
                "pytorch_model.bin.index.json");
        Files.delete(discriminator.resolve(names.get(0)));
        for (int i = names.size() - 1; i >= 0; i--) {
            Files.writeString(discriminator.resolve(names.get(i)), "no weights");
            refused(discriminator.resolve(names.get(i)) + ": ", discriminator);
        }
    }

    @Test
    void theArchitectureIsToldByTheWeightsWhereNothingNamesIt() throws IOException {
        Folders.json(discriminator.resolve("config.json"), json -> json.remove("architectures"));
        imports(discriminator);
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.DISCRIMINATOR);
    }

    @Test
    void twoArchitecturesAreRefused() throws IOException {
        Folders.json(
                discriminator.resolve("config.json"),
                json -> json.getAsJsonArray("architectures").add("X"));
        refused(
                "config.json: expected \"architectures\" with one name, found [\"ElectraForPreTraining\",\"X\"]",
                discriminator);
    }

    @Test
    void otherArchitecturesAreRefused() throws IOException {
        Folders.architecture(discriminator, "ElectraForMultipleChoice");
        refused(
                "expected a model of one of the classes [ElectraForPreTraining, ElectraForMaskedLM,"
                        + " ElectraForSequenceClassification, ElectraForTokenClassification,"
                        + " ElectraForQuestionAnswering, ElectraModel], found [\"ElectraForMultipleChoice\"]",
                discriminator);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "electra."})
    void anEncoderWithoutItsHead(String prefix) throws IOException {
        Map<String, List<Float>> expected = expected(discriminator);
        expected.keySet().removeIf(name -> !name.startsWith("electra."));
        Path hub = Folders.encoder(discriminator, folder.resolve("hub"));
        Folders.rename(
                hub,
                name -> prefix
                        + name.replace("LayerNorm.weight", "LayerNorm.gamma")
                                .replace("LayerNorm.bias", "LayerNorm.beta"));
        Folders.change(hub, tensors -> {
            String name = prefix + "embeddings.position_ids";
            tensors.put(name, new TestTensor(name, new int[] {1, 64}, new float[64]));
        });
        ModelReport report = ModelImport.run(List.of(hub), output).get(0);
        assertThat(report.architecture()).isEqualTo(Architecture.ENCODER);
        assertThat(report.folder()).isEqualTo(output);
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.ENCODER);
        assertThat(Folders.tensors(output)).isEqualTo(expected);
    }

    @Test
    void anEncoderIsToldByItsNamesWhereNothingElseDoes() throws IOException {
        Path hub = Folders.encoder(discriminator, folder.resolve("hub"));
        Folders.json(hub.resolve("config.json"), json -> json.remove("architectures"));
        imports(hub);
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.ENCODER);
    }

    @Test
    void anEncoderHasNothingElse() throws IOException {
        Path hub = Folders.encoder(discriminator, folder.resolve("hub"));
        Folders.rename(hub, name -> name.equals("encoder.layer.1.output.dense.bias") ? "electra.encoder.extra" : name);
        refused("missing tensors [encoder.layer.1.output.dense.bias], unexpected tensors [electra.encoder.extra]", hub);
        Folders.architecture(discriminator, "ElectraModel");
        refused("missing tensors [], unexpected tensors [discriminator_predictions.dense", discriminator);
    }

    /** Only an encoder alone goes without its prefix: HuggingFace's code would not find it below a head either. */
    @Test
    void theEncoderBelowAHeadHasItsPrefix() throws IOException {
        Folders.rename(discriminator, name -> name.replaceFirst("^electra\\.", ""));
        refused("missing tensors [electra.embeddings.word_embeddings.weight, ", discriminator);
    }

    @Test
    void missingAndLeftOverTensorsAreNamed() throws IOException {
        Folders.rename(
                discriminator,
                name -> name.equals("electra.encoder.layer.1.output.dense.bias") ? "electra.extra" : name);
        refused(
                "missing tensors [electra.encoder.layer.1.output.dense.bias], unexpected tensors [electra.extra]",
                discriminator);
    }

    @Test
    void integersAreNoWeights() throws IOException {
        Folders.widen(discriminator, "I64");
        refused("electra.embeddings.word_embeddings.weight must be F32, F16, BF16 or F64, got I64", discriminator);
    }

    @Test
    void bothNetworksInOneFileAreRefused() throws IOException {
        Folders.change(discriminator, tensors -> {
            List<TestTensor> entries = List.copyOf(tensors.values());
            tensors.clear();
            for (TestTensor entry : entries) {
                for (String prefix : List.of("discriminator.", "generator.")) {
                    String name = prefix + entry.name();
                    tensors.put(name, entry.named(name));
                }
            }
        });
        refused("expected one network a file: save discriminator and generator apart", discriminator);
    }

    @Test
    void otherSizesAreRefused() throws IOException {
        Folders.json(discriminator.resolve("config.json"), json -> json.addProperty("intermediate_size", 60));
        refused("electra.encoder.layer.0.intermediate.dense.weight must be [60, 32], got [64, 32]", discriminator);
        Folders.json(discriminator.resolve("config.json"), json -> json.addProperty("num_hidden_layers", 1000));
        refused("num_hidden_layers is 1000, but ", discriminator);
        Folders.json(discriminator.resolve("config.json"), json -> json.addProperty("num_hidden_layers", 1001));
        refused("the number of layers must be at most 1000, got 1001", discriminator);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_act | relu | hidden_act must be gelu, got relu",
                "position_embedding_type | relative_key | position_embedding_type must be absolute, got relative_key",
                "summary_activation | tanh | summary_activation must be gelu, got tanh",
                "model_type | bert | model_type must be electra, got bert",
                "is_decoder | true | is_decoder must be false, got \"true\"",
            })
    void whatCannotBeComputedIsRefused(String key, String value, String message) throws IOException {
        Path config = discriminator.resolve("config.json");
        Folders.json(config, json -> json.addProperty(key, value));
        refused(config + ": " + message, discriminator);
    }

    @Test
    void prunedHeadsAreRefused() throws IOException {
        Folders.json(discriminator.resolve("config.json"), json -> {
            JsonObject heads = new JsonObject();
            heads.add("0", new JsonArray());
            json.add("pruned_heads", heads);
        });
        refused("pruned_heads must be empty, got {\"0\":[]}", discriminator);
    }

    @Test
    void labelsWithoutNamesAreRefused() throws IOException {
        Path task = TestModels.classifier(folder.resolve("task"), List.of("a", "b"));
        Folders.json(
                task.resolve("config.json"),
                json -> json.getAsJsonObject("id2label").add("1", new JsonArray()));
        refused("\"id2label\" must give each label a name, but 1 is []", task);
    }

    @Test
    void wrongPairsAreRefused() throws IOException {
        Path task = TestModels.classifier(folder.resolve("task"), List.of("a", "b"));
        refused("expected a discriminator and a generator, found ElectraForMaskedLM in ", generator, generator);
        refused("expected a discriminator and a generator, found ElectraForPreTraining in ", discriminator, task);
        refused(
                "expected a discriminator beside the generator, found ElectraForSequenceClassification",
                task,
                generator);
        Path encoder = Folders.encoder(discriminator, folder.resolve("hub"));
        refused("expected a discriminator beside the generator, found ElectraModel", encoder, generator);
        String vocabulary = Files.readString(generator.resolve("vocab.txt"));
        Files.writeString(generator.resolve("vocab.txt"), vocabulary.replace("t121", "other"));
        refused("expected one vocabulary for both networks, found different ones in ", discriminator, generator);
        Files.writeString(generator.resolve("vocab.txt"), vocabulary);
        Folders.json(generator.resolve("tokenizer_config.json"), json -> json.addProperty("do_lower_case", false));
        refused("expected one casing for both networks", discriminator, generator);
    }

    @Test
    void incompleteFoldersAreRefused() throws IOException {
        refused(
                "nowhere: expected a model, that is its directory, or a checkpoint of TensorFlow; found nothing",
                folder.resolve("nowhere"));
        refused(
                "config.json: expected a model, that is its directory, or a checkpoint of TensorFlow; found a file",
                discriminator.resolve("config.json"));
        Files.delete(discriminator.resolve("model.safetensors"));
        refused(
                "expected the weights in one of [model.safetensors, model.safetensors.index.json, pytorch_model.bin,"
                        + " pytorch_model.bin.index.json], found none of them",
                discriminator);
        Files.delete(discriminator.resolve("config.json"));
        refused("found no config.json", discriminator);
    }

    @Test
    void whatIsThereIsNotOverwritten() throws IOException {
        Files.createDirectory(output);
        Files.writeString(output.resolve("notes"), "mine");
        assertThatThrownBy(() -> imports(discriminator))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a new folder for the output, found one with files in it");
        assertThat(Folders.list(output)).containsExactly("notes");
    }

    @Test
    void aTruncatedFileLeavesNothing() throws IOException {
        Path hub = folder.resolve("hub");
        Folders.goldenConfig(hub, "finetune_cls", "config", "ElectraForSequenceClassification");
        Path weights = Folders.resource("float16-zip.bin", hub.resolve("pytorch_model.bin"));
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1000));
        refused("not a whole zip archive (truncated?)", hub);
    }
}
