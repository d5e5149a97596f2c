package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Sharing;
import org.jelectra.inference.ModelKind;
import org.jelectra.io.TestTensor;
import org.jelectra.io.tensorflow.TensorBundle;
import org.jelectra.io.tensorflow.TestBundle;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checkpoints of the original code: those that TensorFlow wrote, and others made of them with what the original code's settings
 * change in the names.
 */
@Tag("every-jdk")
class OriginalCheckpointTest {

    private static final HeadCounts HEADS = new HeadCounts(2, 1);

    @TempDir
    Path folder;

    private Path hub;
    private Path output;

    @BeforeEach
    void checkpoint() throws IOException {
        hub = Folders.checkpoint(folder.resolve("hub"), "c");
        output = folder.resolve("out");
    }

    /** Whatever happened, no half of a model is left. */
    @AfterEach
    void nothingElseIsLeft() throws IOException {
        assertThat(Folders.list(folder)).isSubsetOf("hub", "out", "d", "g", "expected");
    }

    private List<ModelReport> imports(HeadCounts heads) throws IOException {
        return ModelImport.run(List.of(hub), heads, output);
    }

    private void refused(HeadCounts heads, String message) {
        assertThatThrownBy(() -> imports(heads))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]+");
        assertThat(output).doesNotExist();
    }

    /** Writes the checkpoint again, changed. */
    private void change(Consumer<Map<String, TestTensor>> change) throws IOException {
        Map<String, TestTensor> tensors = new LinkedHashMap<>();
        Path prefix = hub.resolve("model.ckpt-7");
        try (TensorBundle bundle = TensorBundle.open(prefix)) {
            for (String name : bundle.names()) {
                if (bundle.dtype(name).equals("F32")) {
                    tensors.put(name, TestTensor.read(bundle, name));
                }
            }
        }
        change.accept(tensors);
        TestBundle.write(prefix, tensors.values());
    }

    private static void put(Map<String, TestTensor> tensors, String name, int... shape) {
        int size = 1;
        for (int length : shape) {
            size *= length;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 0.01f * i - 0.3f;
        }
        tensors.put(name, new TestTensor(name, shape, values));
    }

    /** The generator's head on an encoder of the discriminator's width. */
    private static void widenGenerator(Map<String, TestTensor> tensors) {
        tensors.keySet().removeIf(name -> name.startsWith("generator/"));
        put(tensors, "generator_predictions/dense/kernel", 32, 32);
        tensors.keySet().removeIf(name -> name.startsWith("generator_predictions/dense/kernel/"));
    }

    @ParameterizedTest
    @CsvSource({"a, 4, 2", "b, 2, 3", "c, 2, 1"})
    void theSameAsFromHuggingFace(String name, int heads, int generatorHeads) throws IOException {
        hub = Folders.checkpoint(folder.resolve("g"), name);
        List<ModelReport> reports = imports(new HeadCounts(heads, generatorHeads));
        assertThat(reports)
                .extracting(ModelReport::architecture)
                .containsExactly(Architecture.PRE_TRAINING, Architecture.MASKED_LM);
        for (ModelReport report : reports) {
            String network = report.architecture().network();
            Path golden = Folders.golden(
                    folder.resolve("d").resolve(network),
                    "pretrain_" + name,
                    "param." + network + ".",
                    network + "_config",
                    report.architecture().toString());
            ModelImport.run(List.of(golden), folder.resolve("expected").resolve(network));
            Path expected = folder.resolve("expected").resolve(network).resolve(network);
            assertThat(Folders.tensors(report.folder())).isEqualTo(Folders.tensors(expected));
            EncoderConfig config = ModelFiles.readConfig(report.folder());
            assertThat(config.withDropout(0)).isEqualTo(ModelFiles.readConfig(expected));
            assertThat(config.hiddenDropout()).isEqualTo(0.1f);
        }
        assertThat(sharing()).isEqualTo(Sharing.EMBEDDINGS);
    }

    private Sharing sharing() throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            return ModelFiles.load(backend, output).config().sharing();
        }
    }

    @Test
    void headsAreByTheHiddenSize() throws IOException {
        imports(HeadCounts.BY_SIZE);
        assertThat(ModelFiles.readConfig(output.resolve("discriminator")).heads())
                .isEqualTo(1);
        assertThat(List.of(HeadCounts.bySize(16), HeadCounts.bySize(256), HeadCounts.bySize(1024)))
                .containsExactly(1, 4, 16);
    }

    @Test
    void headsThatCannotBe() throws IOException {
        refused(
                new HeadCounts(5, 0),
                hub.resolve("model.ckpt-7.index")
                        + ": electra/: the hidden size must be divisible by the number of heads, got 32 and 5");
        refused(
                new HeadCounts(0, 3),
                "generator/: the hidden size must be divisible by the number of heads, got 16 and 3");
        Path huggingFace = Folders.run(folder.resolve("d")).resolve("discriminator");
        assertThatThrownBy(() -> ModelImport.run(List.of(huggingFace), HEADS, output))
                .isInstanceOf(IOException.class)
                .hasMessage(huggingFace + ": expected no number of heads, which is for checkpoints of TensorFlow;"
                        + " config.json says it here");
    }

    @Test
    void weightsThatAreAllShared() throws IOException {
        change(OriginalCheckpointTest::widenGenerator);
        refused(HEADS, "expected no --generator-heads, as no generator here has layers of its own");
        imports(new HeadCounts(2, 0));
        assertThat(sharing()).isEqualTo(Sharing.ALL);
        assertThat(ModelFiles.readConfig(output.resolve("generator")).heads()).isEqualTo(2);
    }

    @Test
    void embeddingsThatAreNotShared() throws IOException {
        change(tensors -> {
            put(tensors, "generator/embeddings/word_embeddings", 130, 32);
            put(tensors, "generator/embeddings/position_embeddings", 32, 32);
            put(tensors, "generator/embeddings/token_type_embeddings", 2, 32);
            put(tensors, "generator/embeddings/LayerNorm/gamma", 32);
            put(tensors, "generator/embeddings/LayerNorm/beta", 32);
        });
        imports(HEADS);
        assertThat(sharing()).isEqualTo(Sharing.NONE);
        assertThat(Folders.tensors(output.resolve("generator")).get(Folders.WORDS))
                .startsWith(-0.3f, 0.01f - 0.3f)
                .hasSize(130 * 32);
    }

    @Test
    void aMaskedLanguageModelAlone() throws IOException {
        change(tensors -> {
            widenGenerator(tensors);
            tensors.keySet().removeIf(name -> name.startsWith("discriminator_predictions/"));
        });
        imports(new HeadCounts(2, 0));
        assertThat(Folders.list(output)).containsExactly("generator");
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.GENERATOR);
    }

    @Test
    void aDiscriminatorAlone() throws IOException {
        change(tensors -> tensors.keySet().removeIf(name -> name.startsWith("generator")));
        imports(new HeadCounts(2, 0));
        assertThat(Folders.list(output)).containsExactly("discriminator");
    }

    @Test
    void anEncoderAlone() throws IOException {
        change(tensors -> tensors.keySet()
                .removeIf(name -> name.startsWith("generator") || name.startsWith("discriminator_predictions/")));
        imports(new HeadCounts(2, 0));
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.ENCODER);
    }

    @Test
    void whatIsNotReadIsSaid() throws IOException {
        change(tensors -> {
            tensors.keySet().removeIf(name -> name.matches(".*/adam_[mv]"));
            put(tensors, "generator_predictions/temperature");
        });
        assertThat(imports(HEADS).get(0).notes()).element(1).isEqualTo("not read: generator_predictions/temperature");
    }

    @Test
    void otherVariablesAreRefused() throws IOException {
        change(tensors -> put(tensors, "cloze_predictions/output_bias", 130));
        refused(
                HEADS,
                hub.resolve("model.ckpt-7.index")
                        + ": expected the variables of ELECTRA's original code as it pre-trains (electra/, generator/,"
                        + " discriminator_predictions/, generator_predictions/), found also"
                        + " [cloze_predictions/output_bias]");
        change(tensors -> {
            tensors.clear();
            for (int layer = 0; layer < 7; layer++) {
                put(tensors, "bert/encoder/layer_" + layer + "/bias", 3);
            }
        });
        refused(HeadCounts.BY_SIZE, "bert/encoder/layer_4/bias] and 2 more");
    }

    @Test
    void fineTunedModelsAreRefused() throws IOException {
        change(tensors -> {
            tensors.keySet()
                    .removeIf(name -> name.startsWith("generator") || name.startsWith("discriminator_predictions/"));
            put(tensors, "task_specific/mrpc/dense/kernel", 32, 2);
        });
        refused(
                HeadCounts.BY_SIZE,
                "found also [task_specific/mrpc/dense/kernel]; heads of fine-tuned models are not imported from"
                        + " TensorFlow: import the checkpoint before, and fine-tune");
    }

    @Test
    void missingVariablesAreNamed() throws IOException {
        change(tensors ->
                tensors.keySet().removeIf(name -> name.startsWith("electra/encoder/layer_1/output/dense/bias")));
        refused(
                HEADS,
                hub.resolve("model.ckpt-7.index") + ": missing tensors [electra.encoder.layer.1.output.dense.bias]");
        change(tensors -> tensors.keySet().removeIf(name -> name.startsWith("electra/embeddings/word_embeddings")));
        refused(
                HEADS,
                "expected ELECTRA's electra/ with electra.embeddings.word_embeddings.weight (by HuggingFace's names),"
                        + " found no such tensor");
        change(tensors -> put(tensors, "electra/embeddings/word_embeddings", 130));
        refused(HEADS, "electra.embeddings.word_embeddings.weight must be a matrix, got [130]");
    }

    @Test
    void aVocabularyThatDoesNotFit() throws IOException {
        Folders.tokenizer(131).vocabulary().write(hub.resolve("vocab.txt"));
        refused(HEADS, "the vocabulary must have as many tokens as the model, got 131 and 130");
        Files.delete(hub.resolve("vocab.txt"));
        refused(HEADS, hub + ": expected the vocabulary in vocab.txt or tokenizer.json, found neither");
    }

    @Test
    void casingIsTakenFromATokenizerConfiguration() throws IOException {
        Files.writeString(hub.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
        assertThat(imports(HEADS).get(0).notes()).noneMatch(note -> note.contains("lower-cased"));
        assertThat(Files.readString(output.resolve("generator/tokenizer_config.json")))
                .containsPattern("\"do_lower_case\":\\s*false");
    }

    @Test
    void damagedValuesLeaveNothing() throws IOException {
        Path data = hub.resolve("model.ckpt-7.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        // discriminator_predictions/dense/bias comes first
        bytes[0] ^= 1;
        Files.write(data, bytes);
        refused(HEADS, data + ": damaged: expected checksum ");
    }
}
