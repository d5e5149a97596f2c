package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.inference.ModelKind;
import org.jelectra.inference.TestModels;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported directories, and what keeps one from being written. */
@Tag("every-jdk")
class HuggingFaceExportTest {

    private static final String[] FILES = {
        "config.json",
        "model.safetensors",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt"
    };

    @TempDir
    Path folder;

    private ModelReport export(Path model, String network, Path output) throws IOException {
        return HuggingFaceExport.run(model, network, output, () -> Backends.open("cpu", 1));
    }

    private Path encoder() throws IOException {
        Path run = Folders.run(folder.resolve("encoder/run"));
        Path hub = Folders.encoder(run.resolve("discriminator"), folder.resolve("encoder/hub"));
        ModelImport.run(List.of(hub), folder.resolve("encoder/model"));
        return folder.resolve("encoder/model");
    }

    @Test
    void everyKind() throws IOException {
        List<Path> models = List.of(
                TestModels.classifier(folder.resolve("classifier"), List.of("a", "b", "c")),
                TestModels.regressor(folder.resolve("regressor"), 5),
                TestModels.tagger(folder.resolve("tagger"), List.of("O", "B-X")),
                TestModels.reader(folder.resolve("reader")),
                encoder(),
                Folders.run(folder.resolve("run")));
        for (Path model : models) {
            Path output = folder.resolve(model.getFileName() + "-out");
            ModelReport report = export(model, null, output);
            assertThat(report.comparedLogits()).isPositive();
            assertThat(Folders.list(output)).containsExactly(FILES);
            assertThat(ModelKind.of(output)).isEqualTo(ModelKind.of(model));
            Path original = model.endsWith("run") ? model.resolve("discriminator") : model;
            assertThat(Json.read(output.resolve("config.json"))).isEqualTo(Json.read(original.resolve("config.json")));
            assertThat(Folders.tensors(output)).isEqualTo(Folders.tensors(original));
            assertThat(output.resolve("vocab.txt")).hasSameBinaryContentAs(original.resolve("vocab.txt"));
        }
        assertThat(Folders.list(folder)).hasSize(2 * models.size());
    }

    /** Only this library has the joint head and the linear one of texts. */
    @Test
    void aHeadThatHuggingFaceLacks() throws IOException {
        Path joint = TestModels.jointReader(folder.resolve("joint"));
        Path linear = TestModels.linear(folder.resolve("linear"), List.of("a", "b"), new JsonObject());
        for (Path model : List.of(joint, linear)) {
            assertThatThrownBy(() -> export(model, null, folder.resolve("out")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ElectraForQuestionAnswering")
                    .hasMessageContaining(ModelFiles.architecture(model));
        }
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void theGeneratorLeavesItsTiedMatrixOut() throws IOException {
        Path run = Folders.run(folder.resolve("run"));
        Path output = folder.resolve("out");
        // a logit of every token at each of 3 x 32 positions
        assertThat(export(run, "generator", output).comparedLogits()).isEqualTo(3 * 32 * Folders.VOCABULARY);
        assertThat(Folders.tensors(output))
                .doesNotContainKey(Folders.OUTPUT_WORDS)
                .containsKey(Folders.WORDS);
        assertThat(ModelKind.of(output)).isEqualTo(ModelKind.GENERATOR);
    }

    @Test
    void theTokenizerIsWhole() throws IOException {
        Path output = folder.resolve("out");
        export(Folders.run(folder.resolve("run")), "discriminator", output);
        assertThat(Json.read(output.resolve("special_tokens_map.json")).toString())
                .isEqualTo("{\"unk_token\":\"[UNK]\",\"sep_token\":\"[SEP]\",\"pad_token\":\"[PAD]\","
                        + "\"cls_token\":\"[CLS]\",\"mask_token\":\"[MASK]\"}");
        Files.delete(output.resolve("vocab.txt"));
        assertThat(TokenizerFiles.load(output, 64).vocabulary().sha256())
                .isEqualTo(Folders.tokenizer(Folders.VOCABULARY).vocabulary().sha256());
    }

    @Test
    void otherModelsAreRefused() throws IOException {
        Path task = TestModels.reader(folder.resolve("task"));
        refused(task, "generator", "expected a generator, found ElectraForQuestionAnswering");
        refused(folder.resolve("nowhere"), null, "expected a model, that is a run's directory");
        Path run = Folders.run(folder.resolve("run"));
        Files.delete(run.resolve("generator/config.json"));
        refused(run, "generator", "expected a model with a folder generator/, found none");
    }

    @Test
    void brokenWeightsAreRefused() throws IOException {
        Path task = TestModels.reader(folder.resolve("task"));
        Folders.change(task, tensors -> tensors.get("qa_outputs.bias").data()[1] = Float.NaN);
        refused(task, null, "the model's logits are not finite (NaN)");
    }

    @Test
    void anOutputMatrixOfItsOwnIsRefused() throws IOException {
        Path run = Folders.run(folder.resolve("run"));
        Folders.change(
                run.resolve("generator"),
                tensors -> tensors.get(Folders.OUTPUT_WORDS).data()[3] += 1);
        refused(
                run,
                "generator",
                "generator_lm_head.weight must equal electra.embeddings.word_embeddings.weight, as they are one tensor");
    }

    private void refused(Path model, String network, String message) throws IOException {
        List<String> before = Folders.list(folder);
        assertThatThrownBy(() -> export(model, network, folder.resolve("out")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
        assertThat(Folders.list(folder)).isEqualTo(before);
    }

    @Test
    void theSelfCheckSeesASingleBit() {
        float[] expected = {1, 2, 0f};
        assertThatCode(() -> LogitsCheck.requireEqual(expected, expected.clone(), "out"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> LogitsCheck.requireEqual(expected, new float[] {1, Math.nextUp(2f), -0f}, "out"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "out: the self-check failed: 2 of 3 logits differ from the original's, by up to 2.38");
        assertThatThrownBy(() -> LogitsCheck.requireEqual(expected, new float[] {1, 2}, "out"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theSelfCheckSeesAChangedWeight() throws IOException {
        Path task = TestModels.reader(folder.resolve("task"));
        float[] before = logits(task);
        Folders.change(task, tensors -> {
            float[] values = tensors.get("electra.encoder.layer.0.attention.self.query.weight")
                    .data();
            values[17] = Math.nextUp(values[17]) + 0.001f;
        });
        float[] after = logits(task);
        assertThatThrownBy(() -> LogitsCheck.requireEqual(before, after, "out")).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsWrittenMustComputeTheSame() throws IOException {
        Path task = TestModels.reader(folder.resolve("task"));
        List<String> before = Folders.list(folder);
        AtomicInteger opened = new AtomicInteger();
        Supplier<Backend> backend = () -> {
            if (opened.incrementAndGet() == 2) { // the original's logits are there, those of the written one are next
                changeLastByte();
            }
            return Backends.open("cpu", 1);
        };
        assertThatThrownBy(() -> HuggingFaceExport.run(task, null, folder.resolve("out"), backend))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve("out") + ": the self-check failed: ");
        assertThat(opened).hasValue(2);
        assertThat(Folders.list(folder)).isEqualTo(before);
    }

    private void changeLastByte() {
        try (DirectoryStream<Path> temporary = Files.newDirectoryStream(folder, ".out.*")) {
            Path weights = temporary.iterator().next().resolve("model.safetensors");
            try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
                file.seek(file.length() - 1);
                file.write(0x40);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] logits(Path model) throws IOException {
        try (ModelSource source = ModelSource.open(model)) {
            return LogitsCheck.logits(() -> Backends.open("cpu", 1), source);
        }
    }
}
