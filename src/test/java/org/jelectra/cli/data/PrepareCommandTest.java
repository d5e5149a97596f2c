package org.jelectra.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class PrepareCommandTest {

    @TempDir
    Path folder;

    private Path text;
    private Path vocabulary;
    private Path shards;

    @BeforeEach
    void writeText() throws IOException {
        text = TinyRun.writeText(folder);
        vocabulary = TinyRun.writeVocabulary(folder);
        shards = folder.resolve("shards");
    }

    private CommandRunner.Result prepare(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "prepare",
                "--data",
                text.toString(),
                "--vocab",
                vocabulary.toString(),
                "--output",
                shards.toString(),
                "--sequence-length",
                "32",
                "--held-out",
                "0.2"));
        arguments.addAll(Arrays.asList(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void tellsWhatItDid() throws IOException {
        CommandRunner.Result result = prepare();
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("prepared in 0:0", "MB/s", "1 file, ", "40 documents", "1,600 kept (100.00 %)", "held out")
                .contains("jelectra pretrain --data " + shards);
        assertThat(shards.resolve("vocab.txt")).hasSameTextualContentAs(vocabulary);
        assertThat(Json.read(shards.resolve("manifest.json"))
                        .getAsJsonObject("counts")
                        .get("tokens")
                        .getAsInt())
                .isEqualTo(1600);
    }

    @Test
    void warnsOfTooLittleAndTooMuchHeldOutText() {
        assertThat(prepare().out()).containsPattern("warning: only \\d{3} tokens are held out");
        shards = folder.resolve("more");
        CommandRunner.Result result = CommandRunner.run(
                "prepare",
                "--data",
                text.toString(),
                "--vocab",
                vocabulary.toString(),
                "--output",
                shards.toString(),
                "--held-out",
                "0.8");
        assertThat(result.out())
                .containsPattern("warning: \\d\\d % of the tokens are held out, more than are trained on");
        shards = folder.resolve("none");
        assertThat(CommandRunner.run(
                                "prepare", "--output", shards.toString(), "--held-out", "0", "--data", text.toString())
                        .out())
                .contains("held out")
                .doesNotContain("warning");
    }

    @Test
    void warnsOfManyUnknownTokens() throws IOException {
        assertThat(prepare().out()).doesNotContain("[UNK]: ");
        shards = folder.resolve("other");
        Files.writeString(text, Files.readString(text).replace("cat ", "zebra "));
        assertThat(prepare().out())
                .containsPattern("warning: \\d+ % of the tokens are \\[UNK\\]: vocabulary or casing does not fit");
    }

    @Test
    void trainingOnShardsEqualsTrainingOnTheText() throws IOException {
        assertThat(prepare("--shard-mb", "0.001").code()).isZero();
        assertThat(shards.resolve("training-00002.shard")).exists();
        Path fromText = folder.resolve("from-text");
        Path fromShards = folder.resolve("from-shards");
        CommandRunner.Result first =
                CommandRunner.run(TinyRun.arguments(text, vocabulary, fromText).toArray(String[]::new));
        CommandRunner.Result second = pretrain(fromShards);
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(second.code()).as(second.err()).isZero();
        for (String file : List.of(
                "discriminator/model.safetensors",
                "generator/model.safetensors",
                "discriminator/vocab.txt",
                "discriminator/tokenizer_config.json")) {
            assertThat(fromShards.resolve(file)).hasSameBinaryContentAs(fromText.resolve(file));
        }
    }

    private CommandRunner.Result pretrain(Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(("pretrain --data " + shards + " --output " + output
                        + " --max-steps 6 --batch 4 --hidden-size 32 --layers 1 --heads 2 --embedding-size 16"
                        + " --log-every 1 --eval-every 3")
                .split(" ")));
        arguments.addAll(Arrays.asList(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void anotherProgramsManifestIsNotTakenForShards() throws IOException {
        Path manifest = Files.createDirectory(shards).resolve("manifest.json");
        Files.writeString(manifest, "{\"name\": \"books\"}\n");

        assertFailure(
                prepare(),
                1,
                manifest + ": expected no file of that name, or one that 'jelectra prepare' wrote, found another"
                        + " program's; choose another --output");

        assertThat(manifest).hasContent("{\"name\": \"books\"}");
        shards = folder.resolve("own");
        assertThat(prepare().code()).isZero();
        assertFailure(prepare(), 1, shards + " is prepared already (manifest.json): train on it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sequence-length 64|is prepared for sequences of 32 tokens, not 64; leave --sequence-length out",
                "--held-out 0.1|is prepared with --held-out 0.2; leave --held-out out",
                "--vocab-size 8|is prepared with a vocabulary of 15 tokens; leave --vocab-size out",
                "--blank-lines paragraphs|is prepared with --blank-lines documents; leave --blank-lines out, or prepare",
                "--no-lower-case|is prepared in lower case and without accents; leave the options of casing out",
                "--no-strip-accents|is prepared in lower case and without accents; leave the options of casing out"
            })
    void optionsThatContradictTheManifestAreWrongUsage(String options, String message) {
        prepare();
        assertFailure(pretrain(folder.resolve("run"), options.split(" ")), 2, message);
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void preparedTextIsTrainedOnAlone() {
        prepare();
        CommandRunner.Result result = pretrain(folder.resolve("run"), "--data", text.toString());
        assertFailure(result, 1, shards + " is made by prepare: expected it alone, got 2 --data");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void preparedTextIsNoText() {
        assertThat(prepare().code()).isZero();
        String expected =
                ": expected text, found what 'jelectra prepare' makes of it; 'jelectra pretrain --data' takes its"
                        + " directory " + shards + ", alone";
        Path shard = shards.resolve("training-00000.shard");
        Path manifest = shards.resolve("manifest.json");
        String output = folder.resolve("output").toString();
        // also where it is below what is named
        for (Path data : List.of(shards, folder)) {
            CommandRunner.Result result = CommandRunner.run("prepare", "--data", data.toString(), "--output", output);
            assertFailure(result, 1, shards.resolve("held-out-00000.shard") + expected);
        }
        assertFailure(CommandRunner.run("vocab", "--data", shard.toString(), "--output", output), 1, shard + expected);
        assertFailure(
                CommandRunner.run("pretrain", "--data", manifest.toString(), "--output", output),
                1,
                manifest + expected);
        assertThat(Path.of(output)).doesNotExist();
    }

    @Test
    void anInterruptedPreparationIsNoText() throws IOException {
        assertThat(prepare().code()).isZero();
        Path point = Files.copy(shards.resolve("manifest.json"), folder.resolve("resume.json"));
        Files.writeString(point, Files.readString(point).replace("jelectra-shards", "jelectra-resume"));
        assertFailure(
                CommandRunner.run(
                        "vocab",
                        "--data",
                        point.toString(),
                        "--output",
                        folder.resolve("output").toString()),
                1,
                point + ": expected text, found what 'jelectra prepare' makes of it");
    }

    @Test
    void textBesideAnotherProgramsManifestIsText() throws IOException {
        Path books = Files.createDirectory(folder.resolve("books"));
        Path manifest = Files.writeString(books.resolve("manifest.json"), "{\"format\": \"books\"}\n");
        Files.copy(text, books.resolve("a.txt"));
        text = books;
        assertFailure(
                prepare(), 1, manifest + ", line 1: no field \"text\" here, only format; name the one that holds");
        Files.writeString(manifest, "{\"format\": \"books\", \"text\": \"the cat sees a dog .\"}\n");
        shards = folder.resolve("other");
        assertSuccess(prepare());
        Path run = folder.resolve("run");
        assertSuccess(
                CommandRunner.run(TinyRun.arguments(books, vocabulary, run).toArray(String[]::new)));
    }

    @Test
    void blankLinesMaySeparateParagraphs() throws IOException {
        CommandRunner.Result result = assertSuccess(prepare("--blank-lines", "paragraphs"));
        assertThat(result.out()).contains("1 document (", "; blank lines between paragraphs");
        assertThat(Json.read(shards.resolve("manifest.json")).get("blank_lines").getAsString())
                .isEqualTo("paragraphs");
        assertSuccess(pretrain(folder.resolve("a"), "--blank-lines", "paragraphs"));
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, folder.resolve("b")));
        arguments.addAll(List.of("--blank-lines", "paragraphs", "--snapshot-steps", "3"));
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        String model = "discriminator/model.safetensors";
        assertThat(folder.resolve("a").resolve(model))
                .hasSameBinaryContentAs(folder.resolve("b").resolve(model));

        Files.delete(folder.resolve("b/snapshots/step-000000006.snapshot"));
        String resume = "pretrain --resume " + folder.resolve("b");
        assertFailure(
                CommandRunner.run((resume + " --blank-lines documents").split(" ")),
                2,
                "a resumed run keeps its options: expected --blank-lines PARAGRAPHS, got --blank-lines DOCUMENTS");
        assertThat(CommandRunner.run(resume.split(" ")).out()).contains("resumed after step 3 of 6");
        assertFailure(
                CommandRunner.run("vocab", "--blank-lines", "paragraphs", "--output", folder + "/v.txt"),
                2,
                "--blank-lines");
    }

    @Test
    void anotherVocabularyIsAFailure() throws IOException {
        prepare();
        Path other = Files.writeString(
                folder.resolve("other.txt"), Files.readString(vocabulary).replace("cat", "cow"));
        assertFailure(
                pretrain(folder.resolve("a"), "--vocab", other.toString()),
                1,
                other + ": not the vocabulary that the text was prepared with: expected 15 tokens with SHA-256 ");
        assertThat(folder.resolve("a")).doesNotExist();
        assertThat(pretrain(folder.resolve("b"), "--vocab", vocabulary.toString())
                        .code())
                .isZero();
    }

    @Test
    void aDamagedShardIsAFailure() throws IOException {
        prepare();
        Path shard = shards.resolve("training-00000.shard");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[1000] ^= 1;
        Files.write(shard, bytes);
        assertFailure(pretrain(folder.resolve("run")), 1, shard + ": damaged: the checksum of its rows is ");
        Files.write(shard, Arrays.copyOf(bytes, 1000));
        assertFailure(pretrain(folder.resolve("run")), 1, shard + ": truncated: expected ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prepare|missing required option: '--output=DIR'",
                "prepare --output x --sequence-length 4|the sequence length must be at least 5",
                "prepare --output x --sequence-length 70000|the sequence length must be at most 65536, got 70000",
                "prepare --output x --held-out 1|the held-out fraction must be in [0, 1), got 1.0",
                "prepare --output x --min-tokens 0|the least number of tokens must be positive, got 0",
                "prepare --output x --shard-mb 0|the size of a shard must be positive and below 2 GiB, got 0.0 bytes",
                "prepare --output x --shard-mb 3000|the size of a shard must be positive and below 2 GiB",
                "prepare --output x --invalid-utf8 ignore|expected one of stop, replace, but was 'ignore'",
                "prepare --output x --threads 0|the number of threads must be positive, got 0",
                "prepare --output x --threads 100000|the number of threads must be at most ",
                "prepare --output x --no-lower-case|--no-lower-case needs a cased vocabulary: expected --vocab FILE, got none",
                "prepare --output x --drop-duplicate|there is no option --drop-duplicate; did you mean --drop-duplicates"
            })
    void wrongUsage(String line, String message) {
        assertFailure(CommandRunner.run(line.split(" ")), 2, message);
        assertThat(Path.of("x")).doesNotExist();
    }

    @Test
    void malformedBytesStopOrAreCounted() throws IOException {
        byte[] bytes = Files.readAllBytes(text);
        bytes[bytes.length / 2] = (byte) 0xff;
        Files.write(text, bytes);
        assertFailure(
                prepare(),
                1,
                "not valid UTF-8 at byte " + bytes.length / 2
                        + " of the file (0xFF); text of another encoding is converted by iconv -f ENCODING -t UTF-8; mend the file");
        CommandRunner.Result result = assertSuccess(prepare("--invalid-utf8", "replace"));
        assertThat(result.out())
                .containsPattern(
                        "replaced  1 malformed sequence of bytes by U\\+FFFD, the first in .*text.txt, line 99");
        assertThat(CommandRunner.run("inspect", shards.toString()).out()).contains("replaced  1 malformed");
    }

    @Test
    void textThatCannotBeReadIsAFailure() throws IOException {
        text = folder.resolve("missing.txt");
        assertFailure(prepare(), 1, "missing.txt: expected a corpus file or folder, found nothing there");
        text = Files.writeString(folder.resolve("a.jsonl"), "{\"body\": \"x\"}\n");
        assertFailure(
                prepare(), 1, "a.jsonl, line 1: no field \"text\" here, only body; name the one that holds the text");
        assertThat(prepare("--text-field", "body").code()).isZero();
        shards = folder.resolve("other");
        vocabulary = folder.resolve("none.txt");
        assertFailure(prepare(), 1, "none.txt: no such file or directory");
    }
}
