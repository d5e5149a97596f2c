package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.StepMetrics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("every-jdk")
class PretrainCommandTest {

    @TempDir
    Path directory;

    private Path text;
    private Path vocabulary;

    @BeforeEach
    void writeText() throws IOException {
        text = TinyRun.writeText(directory);
        vocabulary = TinyRun.writeVocabulary(directory);
    }

    private CommandRunner.Result pretrain(Path output, String... more) {
        List<String> args = new ArrayList<>(TinyRun.arguments(text, vocabulary, output));
        args.addAll(Arrays.asList(more));
        return CommandRunner.run(args.toArray(String[]::new));
    }

    @Test
    void trainsSavesAndShows() throws IOException {
        Path output = directory.resolve("new/run");

        CommandRunner.Result result = pretrain(output);

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        for (String network : List.of("discriminator", "generator")) {
            for (String file : List.of("config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json")) {
                assertThat(output.resolve(network).resolve(file)).isNotEmptyFile();
            }
            assertThat(RunSoFar.read(output.resolve(network))).isEqualTo(RunSoFar.read(output));
        }
        assertThat(output.resolve("curves.png")).isNotEmptyFile();
        assertThat(MetricsLog.read(output)).extracting(StepMetrics::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(MetricsLog.read(output).get(5).evaluation().discriminatorAuc())
                .isBetween(0.0, 1.0);
        assertThat(Json.read(output.resolve("settings.json"))
                        .getAsJsonObject("settings")
                        .get("batchSize")
                        .getAsInt())
                .isEqualTo(4);
        assertThat(result.out())
                .contains("step 6/6", "ETA", "held-out, step 6", "the generator guesses", "AUC")
                .contains("saved the model, the metrics and the curves in " + output)
                .containsPattern("warning   only \\d{3} tokens are held out: evaluations of so few say little;")
                .containsOnlyOnce("warning");
    }

    /** Text may be long, so that it is not looked at before: here it cannot be read. */
    @Test
    void whatHasNoRoomIsToldBeforeTheTextIsRead() throws IOException {
        Files.write(text, new byte[] {(byte) 0xff});
        Path output = directory.resolve("run");
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, output));
        arguments.set(arguments.indexOf("--batch") + 1, "500000");
        arguments.set(arguments.indexOf("--layers") + 1, "20");

        CommandRunner.Result result = CommandRunner.run(arguments.toArray(String[]::new));

        assertThat(result.err())
                .containsPattern("(?m)^jelectra: the run needs [0-9,]+ MB of memory, at most [0-9,]+ MB are there;"
                        + " JELECTRA_JAVA_OPTS=-Xmx\\d+g gives that much; --accumulate, --batch and --sequence-length"
                        + " take less \\(jelectra plan shows what takes it\\)$");
        assertThat(result.code()).isEqualTo(1);
        assertThat(output).doesNotExist();
    }

    @Test
    void aWarmUpLongerThanTheRunIsWarnedOf() {
        CommandRunner.Result result = assertSuccess(pretrain(directory.resolve("run"), "--warmup-steps", "10"));
        assertThat(result.out())
                .contains(
                        "warning   the warm-up is longer than the run: the learning rate stays below a quarter of the nominal one");
    }

    @ParameterizedTest
    @CsvSource({"1,1,false", "2,1,true", "1,2,true"})
    void aGeneratorLargerThanTheDiscriminatorIsWarnedOf(String size, String layers, boolean warns) {
        CommandRunner.Result result = assertSuccess(
                pretrain(directory.resolve("run"), "--generator-size", size, "--generator-layers", layers));
        String warning =
                "warning   the generator is larger than the discriminator: a quarter to half of its size was best";
        assertThat(result.out().contains(warning)).as(result.out()).isEqualTo(warns);
    }

    @Test
    void manyReadingsOfTheTextAreWarnedOf() {
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, directory.resolve("run")));
        arguments.set(arguments.indexOf("--max-steps") + 1, "100000");
        arguments.addAll(List.of("--max-hours", "0.00001"));
        CommandRunner.Result result = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        assertThat(result.out())
                .containsPattern("warning   the run reads the text \\d,\\d{3} times and may learn it by heart")
                .containsPattern("saved the model(, the metrics and the curves| and the metrics) in ");
    }

    @Test
    void wholeWordsAreRecordedAndResumed() throws IOException {
        Files.writeString(text, Files.readString(text).replace("walk", "walks"));
        Path output = directory.resolve("run");
        CommandRunner.Result result = assertSuccess(pretrain(output, "--whole-word-masking", "--snapshot-steps", "3"));
        assertThat(result.out()).contains("masking   whole words");
        assertThat(Json.read(output.resolve("settings.json"))
                        .getAsJsonObject("settings")
                        .getAsJsonObject("masking")
                        .get("wholeWords")
                        .getAsBoolean())
                .isTrue();
        byte[] weights = Files.readAllBytes(output.resolve("discriminator/model.safetensors"));
        Files.delete(output.resolve("snapshots/step-000000006.snapshot"));
        result = CommandRunner.run("pretrain", "--resume", output.toString());
        assertThat(result.out()).contains("resumed after step 3 of 6");
        assertThat(output.resolve("discriminator/model.safetensors")).hasBinaryContent(weights);

        pretrain(directory.resolve("tokens"));
        assertThat(directory.resolve("tokens/discriminator/model.safetensors"))
                .isNotEmptyFile()
                .satisfies(file -> assertThat(Files.readAllBytes(file)).isNotEqualTo(weights));
        result = pretrain(directory.resolve("both"), "--whole-word-masking", "--reference-compatible");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("whole words cannot be drawn with replacement");
    }

    @Test
    void capitalsAreKeptWhereAVocabularyIsGiven() throws IOException {
        assertSuccess(pretrain(directory.resolve("run"), "--no-lower-case"));
        assertThat(Json.read(directory.resolve("run/discriminator/tokenizer_config.json"))
                        .get("do_lower_case")
                        .getAsBoolean())
                .isFalse();
    }

    @Test
    void equalSeedsGiveEqualModels() throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        Path third = directory.resolve("third");
        pretrain(first, "--threads", "1");
        pretrain(second, "--threads", "3");
        pretrain(third, "--seed", "2");

        byte[] weights = Files.readAllBytes(first.resolve("discriminator/model.safetensors"));
        assertThat(second.resolve("discriminator/model.safetensors")).hasBinaryContent(weights);
        assertThat(Files.readAllBytes(third.resolve("discriminator/model.safetensors")))
                .isNotEqualTo(weights);
    }

    @Test
    void theBaselineHasNoDiscriminator() throws IOException {
        Path output = directory.resolve("mlm");

        assertSuccess(pretrain(output, "--objective", "mlm"));
        assertThat(output.resolve("generator/model.safetensors")).isNotEmptyFile();
        assertThat(output.resolve("discriminator")).doesNotExist();
        assertThat(Files.readString(output.resolve("metrics.jsonl"))).contains("\"discriminator_auc\":null");
        assertFailure(
                CommandRunner.run("predict", output.toString(), "the cat"),
                1,
                "text 1: expected [MASK] in the place of each token that is to be guessed, found none");
        CommandRunner.Result filled = CommandRunner.run("predict", output.toString(), "the [MASK]");
        assertThat(filled.out()).as(filled.err()).startsWith("the [MASK]\n  ").hasLineCount(6);
    }

    @Test
    void aDirectoryWithARunIsLeftAlone() throws IOException {
        Path output = Files.createDirectory(directory.resolve("run"));
        Path metrics = Files.writeString(output.resolve("metrics.jsonl"), "{}\n");

        assertFailure(pretrain(output), 1, "holds a run already (metrics.jsonl); choose another --output or delete it");
        assertThat(metrics).hasContent("{}");
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).containsExactly(metrics);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.txt", "tokenizer_config.json"})
    void aTokenizerOfTheUsersOwnIsLeftAlone(String name) throws IOException {
        Path output = Files.createDirectory(directory.resolve("own"));
        Path own = Files.copy(vocabulary, output.resolve(name));

        CommandRunner.Result result = pretrain(output);

        assertFailure(result, 1, output + ": expected no " + name + " in the directory of a new run");
        assertThat(result.err()).contains("; choose another --output").doesNotContain("holds a run");
        assertThat(own).hasSameBinaryContentAs(vocabulary);
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).containsExactly(own);
        }
    }

    @Test
    void aVocabularyMayHaveItsPaddingAnywhere() throws IOException {
        Files.writeString(
                vocabulary, Files.readString(vocabulary).replace("[PAD]\n", "").replace("[MASK]\n", "[MASK]\n[PAD]\n"));
        Path run = directory.resolve("run");
        CommandRunner.Result result = assertSuccess(pretrain(run));
        assertThat(Json.read(run.resolve("discriminator/config.json"))
                        .get("pad_token_id")
                        .getAsInt())
                .isEqualTo(4);

        // in shards padding is told from tokens by its number alone
        Path shards = directory.resolve("shards");
        String line = "prepare --data " + text + " --vocab " + vocabulary
                + " --sequence-length 32 --held-out 0.2 --output " + shards;
        result = assertSuccess(CommandRunner.run(line.split(" ")));
        text = shards;
        result = assertSuccess(pretrain(directory.resolve("sharded")));
        assertThat(directory.resolve("sharded/discriminator/model.safetensors"))
                .hasSameBinaryContentAs(run.resolve("discriminator/model.safetensors"));
    }

    @Test
    void anOutputThatCannotBeWrittenIsFoundBeforeAnyWork() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertFailure(pretrain(file), 1, "expected a directory for the output, found a file");
        assertFailure(pretrain(file.resolve("run")), 1, "run: cannot be written (" + file + ": expected a directory");

        Path readOnly = Files.createDirectory(directory.resolve("read-only"));
        assertThat(readOnly.toFile().setWritable(false)).isTrue();
        // the superuser may write anywhere but here
        Path output = Files.isWritable(readOnly) ? Path.of("/proc/jelectra") : readOnly;
        assertFailure(pretrain(output), 1, "cannot write to the output directory " + output);
    }

    @Test
    void textThatIsNotThereOrNotTextIsAFailure() throws IOException {
        text = directory.resolve("missing.txt");
        assertFailure(pretrain(directory.resolve("a")), 1, "missing.txt: expected a corpus file or folder");
        text = Files.writeString(directory.resolve("empty.txt"), " \n\n");
        assertFailure(pretrain(directory.resolve("b")), 1, "no text in");
        text = Files.write(directory.resolve("latin1.txt"), "café\n".getBytes(StandardCharsets.ISO_8859_1));
        assertFailure(pretrain(directory.resolve("c")), 1, "latin1.txt");
        text = Files.createDirectory(directory.resolve("nothing"));
        assertFailure(pretrain(directory.resolve("d")), 1, "found no file in it");
    }

    @Test
    void aVocabularyWithoutASpecialTokenIsAFailure() throws IOException {
        vocabulary = Files.writeString(directory.resolve("v.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n");
        assertFailure(pretrain(directory.resolve("a")), 1, "lacks the special token [MASK]");
        vocabulary = directory.resolve("none.txt");
        assertFailure(pretrain(directory.resolve("b")), 1, "none.txt: no such file or directory");
    }

    @Test
    void malformedBytesStopOrAreCounted() throws IOException {
        byte[] bytes = Files.readAllBytes(text);
        bytes[bytes.length / 2] = (byte) 0xff;
        Files.write(text, bytes);
        assertFailure(
                pretrain(directory.resolve("a")),
                1,
                "not valid UTF-8 at byte " + bytes.length / 2
                        + " of the file (0xFF); text of another encoding is converted by iconv -f ENCODING -t UTF-8; mend the file, or let"
                        + " --invalid-utf8 replace of jelectra vocab, prepare and pretrain read over it");

        CommandRunner.Result result = assertSuccess(pretrain(directory.resolve("b"), "--invalid-utf8", "replace"));
        String counted = "1 malformed sequence of bytes by U+FFFD, the first in " + text + ", line ";
        assertThat(result.out())
                .contains("replaced  " + counted)
                .contains("curves in " + directory.resolve("b") + "\nreplaced in the text: " + counted);

        Path shards = directory.resolve("shards");
        String prepare = "prepare --sequence-length 32 --held-out 0.2 --invalid-utf8 replace --data " + text
                + " --vocab " + vocabulary + " --output " + shards;
        assertThat(CommandRunner.run(prepare.split(" ")).code()).isZero();
        text = shards;
        result = pretrain(directory.resolve("c"));
        assertThat(result.out()).contains("replaced  1 malformed sequence");
        assertThat(directory.resolve("c/discriminator/model.safetensors"))
                .hasSameBinaryContentAs(directory.resolve("b/discriminator/model.safetensors"));
        result = pretrain(directory.resolve("d"), "--invalid-utf8", "replace");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(shards + " is prepared: its text is not read again; leave --invalid-utf8 out");
    }

    @Test
    void withoutASentenceToShowNoneIsAnnounced() throws IOException {
        Files.writeString(text, Files.readString(text).replace(" .", ""));
        CommandRunner.Result result = assertSuccess(pretrain(directory.resolve("run")));
        assertThat(result.out()).contains("AUC").doesNotContain("held-out sentences");
    }

    @Test
    void moreTextThanOneFile() throws IOException {
        Path more = Files.writeString(directory.resolve("more.txt"), "a cat and a dog .\n");
        Path output = directory.resolve("run");

        CommandRunner.Result result = assertSuccess(pretrain(output, "--data", more.toString(), text.toString()));
        assertThat(result.out()).contains("more.txt");
    }
}
