package org.jelectra.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jelectra.cli.CommandRunner;
import org.jelectra.exchange.Folders;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jelectra export} and {@code jelectra import}, and the other commands on what they wrote. */
@Tag("every-jdk")
class ExchangeCommandTest {

    @TempDir
    Path folder;

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private CommandRunner.Result succeeds(String... args) {
        return assertSuccess(CommandRunner.run(args));
    }

    @Test
    void aPretrainedModelThereAndBack() throws IOException {
        Folders.run(folder.resolve("run"));
        String expected = succeeds("predict", path("run"), "t5 t7 t8").out();
        for (String network : List.of("discriminator", "generator")) {
            assertThat(succeeds("export", path("run"), "--network", network, "--output", path(network))
                            .out())
                    .startsWith(path(network) + ": ElectraFor")
                    .contains("outputs equal the original's bit for bit");
        }
        CommandRunner.Result imported =
                succeeds("import", path("discriminator"), "--generator", path("generator"), "--output", path("model"));
        assertThat(imported.out())
                .contains(path("model/discriminator") + ": ElectraForPreTraining, ")
                .contains(path("model/generator") + ": ElectraForMaskedLM, ")
                .contains("float32 from F32 in " + path("generator/model.safetensors"));
        assertThat(imported.err()).isEmpty();
        assertThat(succeeds("predict", path("model"), "t5 t7 t8").out()).isEqualTo(expected);
    }

    @Test
    void aFineTunedModelThereAndBack() throws IOException {
        Path task = TestModels.classifier(folder.resolve("task"), List.of("good", "bad"));
        String expected = succeeds("predict", task.toString(), "t5 t7 t8").out();
        succeeds("export", task.toString(), "--format", "huggingface", "--output", path("hub"));
        succeeds("import", path("hub"), "--output", path("model"));
        assertThat(succeeds("predict", path("model"), "t5 t7 t8").out()).isEqualTo(expected);
    }

    /** As {@code ElectraModel} is saved, which has no prefix. */
    @Test
    void anEncoderAloneServesWhatNeedsNoHead() throws IOException {
        Path run = Folders.run(folder.resolve("run"));
        Folders.encoder(run.resolve("discriminator"), folder.resolve("hub"));
        assertThat(CommandRunner.run("encode", path("hub"), "t5").err())
                .endsWith("; they are there without \"electra.\", which jelectra import adds\n");
        assertThat(succeeds("import", path("hub"), "--output", path("model")).out())
                .startsWith(path("model") + ": ElectraModel, ");
        String vectors = succeeds("encode", path("run"), "t5 t7 t8").out();
        assertThat(succeeds("encode", path("model"), "t5 t7 t8").out()).isEqualTo(vectors);
        assertThat(succeeds("export", path("model"), "--output", path("again")).out())
                .startsWith(path("again") + ": ElectraModel, ")
                .contains("outputs equal the original's bit for bit");
        succeeds("export", path("model"), "--format", "onnx", "--output", path("model.onnx"));
        succeeds("export", path("run"), "--format", "onnx", "--encoder", "--output", path("run.onnx"));
        assertThat(Files.size(folder.resolve("model.onnx")))
                .isCloseTo(Files.size(folder.resolve("run.onnx")), Offset.offset(100L));
        CommandRunner.Result predict = CommandRunner.run("predict", path("model"), "t5");
        assertThat(predict.code()).isEqualTo(1);
        assertThat(predict.err())
                .isEqualTo("jelectra: " + path("model") + ": expected a model with a head, found an encoder without a"
                        + " head (ElectraModel); finetune --model gives it one, encode needs none\n");
    }

    @Test
    void aCheckpointOfTensorFlow() throws IOException {
        Path hub = Folders.checkpoint(folder.resolve("hub"), "c");
        assertThat(succeeds("import", hub + "/model.ckpt-7", "--heads", "2", "--output", path("model"))
                        .out())
                .isEqualTo(String.join(
                        "\n",
                        path("model/discriminator") + ": ElectraForPreTraining, 41 tensors, 23,489 parameters, float32"
                                + " from F32 in " + path("hub/model.ckpt-7.index"),
                        "  attention heads: 2, as --heads says",
                        "  not read: global_step, 128 tensors of the optimiser",
                        "  text is lower-cased, as no tokenizer_config.json says otherwise; for a cased model put one with"
                                + " {\"do_lower_case\": false} beside vocab.txt and import again",
                        path("model/generator") + ": ElectraForMaskedLM, 28 tensors, 9,858 parameters, float32 from F32"
                                + " in " + path("hub/model.ckpt-7.index"),
                        "  attention heads: 1, one for each 64 of the hidden size, 16, as the original code has it; a"
                                + " checkpoint does not say, --generator-heads sets another",
                        ""));
        assertThat(succeeds("predict", path("model"), "t5 t7 t8").out()).contains("t7");
        CommandRunner.Result result =
                CommandRunner.run("import", hub.toString(), "--heads", "0", "--output", path("b"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).startsWith("jelectra import: --heads must be positive, got 0 (see ");
    }

    @Test
    void casingThatDoesNotFitTheVocabularyIsToldOnce() throws IOException {
        Path vocabulary = Folders.checkpoint(folder.resolve("hub"), "c").resolve("vocab.txt");
        Files.writeString(vocabulary, Files.readString(vocabulary).replaceAll("(?m)^t", "T"));
        assertThat(succeeds("import", path("hub"), "--heads", "2", "--generator-heads", "1", "--output", path("model"))
                        .err())
                .matches(
                        "jelectra: \\d+ of the vocabulary's \\d+ tokens never occur in text that loses capitals or accents: is"
                                + " \\{\"do_lower_case\": false} in tokenizer_config.json missing\\?\n");
        Files.writeString(vocabulary.resolveSibling("tokenizer_config.json"), "{\"do_lower_case\": false}");
        assertThat(succeeds("import", path("hub"), "--heads", "2", "--generator-heads", "1", "--output", path("cased"))
                        .err())
                .isEmpty();
    }

    @Test
    void doublesAreRoundedAndThisIsSaid() throws IOException {
        Path task = TestModels.tagger(folder.resolve("task"), List.of("O", "B-X"));
        byte[] before = Files.readAllBytes(task.resolve("model.safetensors"));
        Folders.widen(task, "F64");
        CommandRunner.Result result = succeeds("import", task.toString(), "--output", path("model"));
        assertThat(result.out()).contains("float32 from F64 in ");
        assertThat(result.err())
                .isEqualTo("jelectra: " + task.resolve("model.safetensors")
                        + " has 64-bit numbers, which were rounded to 32 bits\n");
        // these came from 32 bits, so nothing was lost
        assertThat(folder.resolve("model/model.safetensors")).hasBinaryContent(before);
    }

    @Test
    void failuresAreOneLine() throws IOException {
        Path task = TestModels.reader(folder.resolve("task"));
        fails(1, "export", path("nowhere"), "--output", path("out"));
        fails(1, "export", task.toString(), "--output", task.toString());
        fails(1, "import", path("nowhere"), "--output", path("out"));
        fails(2, "export", task.toString());
        fails(2, "import", task.toString());
        fails(2, "export", task.toString(), "--output", path("out"), "--network", "critic");
        fails(2, "export", task.toString(), "--output", path("out"), "--format", "tensorflow");
        Files.write(task.resolve("model.safetensors"), new byte[20]);
        fails(1, "import", task.toString(), "--output", path("out"));
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private static void fails(int code, String... args) {
        CommandRunner.Result result = CommandRunner.run(args);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("jelectra").hasLineCount(1).doesNotContain("internal error");
    }
}
