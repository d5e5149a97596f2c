package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Preset;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.Json;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.SnapshotFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a run of {@code pretrain} begins with given weights ({@code --init-from}). */
class RunBeginningTest {

    @TempDir
    Path folder;

    private Path text;
    private Path vocabulary;
    private Path first;

    @BeforeEach
    void train() throws IOException {
        text = TinyRun.writeText(folder);
        vocabulary = TinyRun.writeVocabulary(folder);
        first = folder.resolve("first");
        assertSuccess(pretrain(first));
    }

    private CommandRunner.Result pretrain(Path output, String... more) {
        return TinyRun.pretrain(text, vocabulary, output, more);
    }

    /** Gives a tensor of the discriminator another name of the same length. */
    private void rename(String from, String to) throws IOException {
        Path file = first.resolve("discriminator").resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        assertThat(header).contains(from);
        assertThat(to).hasSameSizeAs(from);
        System.arraycopy(header.replace(from, to).getBytes(StandardCharsets.UTF_8), 0, bytes, 8, length);
        Files.write(file, bytes);
    }

    @Test
    void goesOnWithTheWeightsOfAnotherRun() throws IOException {
        Path second = folder.resolve("second");
        // a rate too small to change anything: what is saved are the weights that the run began with
        CommandRunner.Result result =
                assertSuccess(pretrain(second, "--init-from", first.toString(), "--learning-rate", "1e-30"));

        assertThat(result.out())
                .contains("generator from " + first.resolve("generator"))
                .contains("discriminator from " + first.resolve("discriminator"))
                .contains("missing (begin at random): none; unexpected (left out): none");
        for (String network : List.of("generator", "discriminator")) {
            assertThat(second.resolve(network).resolve("model.safetensors"))
                    .hasSameBinaryContentAs(first.resolve(network).resolve("model.safetensors"));
        }
    }

    @Test
    void aNetworkThatIsNotGivenIsNamed() throws IOException {
        String help = "; both are given by --init-from DISCRIMINATOR GENERATOR, or a folder that has both\n";
        String discriminator = first.resolve("discriminator").toString();
        assertThat(assertSuccess(pretrain(folder.resolve("a"), "--init-from", discriminator))
                        .out())
                .contains("\ngenerator: none given, begins at random but for the shared embeddings" + help);
        assertThat(assertSuccess(pretrain(folder.resolve("b"), "--init-from", discriminator, "--sharing", "none"))
                        .out())
                .contains("\ngenerator: none given, begins at random" + help);
        String generator = first.resolve("generator").toString();
        assertThat(assertSuccess(pretrain(
                                folder.resolve("c"), "--init-from", generator, "--preset", "tiny", "--sharing", "none"))
                        .out())
                .contains("\ndiscriminator: none given, begins at random" + help);
        assertThat(assertSuccess(pretrain(folder.resolve("d"), "--init-from", first.toString()))
                        .out())
                .doesNotContain("none given");
    }

    @Test
    void networksThatShareNothingSayHow() {
        Path second = folder.resolve("second");
        assertSuccess(pretrain(second, "--seed", "2"));
        List<String> arguments = new ArrayList<>(TinyRun.arguments(text, vocabulary, folder.resolve("third")));
        arguments.addAll(List.of(
                "--init-from",
                first.resolve("discriminator").toString(),
                second.resolve("generator").toString()));
        assertFailure(
                CommandRunner.run(arguments.toArray(String[]::new)),
                1,
                "differs from the tensor that the run shares it with (sharing is embeddings); share nothing"
                        + " (--sharing none), or begin with one of the networks");
        arguments.addAll(List.of("--sharing", "none"));
        assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));

        Path wider = folder.resolve("wider");
        assertSuccess(pretrain(wider, "--embedding-size", "24"));
        Path discriminator = first.resolve("discriminator");
        Path generator = wider.resolve("generator");
        List<String> ofOwnSizes = new ArrayList<>(beginWith(discriminator, folder.resolve("fourth")));
        ofOwnSizes.add(ofOwnSizes.indexOf(discriminator.toString()) + 1, generator.toString());
        assertFailure(
                CommandRunner.run(ofOwnSizes.toArray(String[]::new)),
                1,
                discriminator + " and " + generator + " have embeddings of 16 and 24 numbers, which cannot be shared"
                        + " (sharing is embeddings); share nothing (--sharing none), or begin with one of the networks");
    }

    @Test
    void namesTensorsThatAreMissingOrUnexpected() throws IOException {
        rename("discriminator_predictions.dense.bias", "discriminator_predictions.dense.bios");

        CommandRunner.Result result =
                assertSuccess(pretrain(folder.resolve("second"), "--init-from", first.toString()));

        assertThat(result.out())
                .contains("missing (begin at random): 1 (discriminator_predictions.dense.bias)")
                .contains("unexpected (left out): 1 (discriminator_predictions.dense.bios)");
    }

    /** As it is for a fine-tuning of the run: also where it was resumed, without its first weights. */
    @Test
    void positionsThatTheWeightsWereTrainedOnStayTrained() throws IOException {
        Path second = folder.resolve("second");
        assertSuccess(pretrain(
                second,
                "--init-from",
                first.toString(),
                "--sequence-length",
                "16",
                "--snapshot-steps",
                "1",
                "--keep",
                "9"));
        requireLengths(second, 16, 32);
        Files.move(first, folder.resolve("moved"));
        SnapshotFolder snapshots = new SnapshotFolder(second);
        Files.delete(snapshots.file(6));
        assertThat(assertSuccess(CommandRunner.run("pretrain", "--resume", second.toString()))
                        .out())
                .contains("resumed after step 5 of 6");
        requireLengths(second, 16, 32);

        Path third = folder.resolve("third");
        assertSuccess(pretrain(third, "--init-from", second.toString(), "--sequence-length", "48"));
        requireLengths(third, 48, 48);
    }

    private static void requireLengths(Path run, int last, int trained) throws IOException {
        for (Path folder : List.of(run, run.resolve("discriminator"), run.resolve("generator"))) {
            TokenizerFiles files = TokenizerFiles.load(folder, 512);
            assertThat(files.maxLength()).as(folder.toString()).isEqualTo(last);
            assertThat(files.trainedLength()).as(folder.toString()).isEqualTo(trained);
        }
    }

    private CommandRunner.Result pretrainWithoutSizes(Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "pretrain --data",
                text.toString(),
                "--vocab",
                vocabulary.toString(),
                "--output",
                output.toString(),
                "--max-steps 2 --batch 4 --sequence-length 32 --held-out 0.2 --learning-rate 1e-30"));
        arguments.addAll(List.of(more));
        return CommandRunner.run(String.join(" ", arguments).split(" "));
    }

    @Test
    void sizesThatAreNotGivenAreThoseOfTheWeights() throws IOException {
        Path discriminator = first.resolve("discriminator");
        Path generator = first.resolve("generator");
        Path second = folder.resolve("second");
        CommandRunner.Result both =
                assertSuccess(pretrainWithoutSizes(second, "--init-from", first.toString(), "--preset small"));
        assertThat(both.out())
                .containsOnlyOnce("sizes and dropout that no option names are as in "
                        + discriminator.resolve("config.json") + " and " + generator.resolve("config.json")
                        + "; the rest is as in preset small\n");
        for (String network : List.of("generator", "discriminator")) {
            assertThat(second.resolve(network).resolve("model.safetensors"))
                    .hasSameBinaryContentAs(first.resolve(network).resolve("model.safetensors"));
        }

        Path third = folder.resolve("third");
        assertSuccess(pretrainWithoutSizes(third, "--init-from", discriminator.toString(), "--generator-size 0.5"));
        assertThat(third.resolve("discriminator/model.safetensors"))
                .hasSameBinaryContentAs(discriminator.resolve("model.safetensors"));
        assertThat(ModelFiles.readConfig(third.resolve("generator")).hiddenSize())
                .isEqualTo(16);

        Path fourth = folder.resolve("fourth");
        assertSuccess(pretrainWithoutSizes(fourth, "--init-from", generator.toString(), "--preset tiny"));
        assertThat(fourth.resolve("generator/model.safetensors"))
                .hasSameBinaryContentAs(generator.resolve("model.safetensors"));
        assertThat(ModelFiles.readConfig(fourth.resolve("discriminator")).hiddenSize())
                .isEqualTo(128);

        Path fifth = folder.resolve("fifth");
        assertSuccess(pretrainWithoutSizes(fifth, "--init-from", generator.toString(), "--objective mlm"));
        assertThat(fifth.resolve("generator/model.safetensors"))
                .hasSameBinaryContentAs(generator.resolve("model.safetensors"));
    }

    @Test
    void aGeneratorDecidesOnNothingThatIsNotShared() throws IOException {
        Path generator = first.resolve("generator");
        Path second = folder.resolve("second");
        assertSuccess(
                pretrainWithoutSizes(second, "--init-from", generator.toString(), "--preset tiny --sharing none"));
        EncoderConfig tiny = Preset.TINY.encoder(100);
        assertThat(tiny.embeddingSize())
                .isNotEqualTo(ModelFiles.readConfig(generator).embeddingSize());
        assertThat(ModelFiles.readConfig(second.resolve("discriminator")).embeddingSize())
                .isEqualTo(tiny.embeddingSize());
    }

    @Test
    void optionsThatContradictTheWeightsAreRefused() {
        Path second = folder.resolve("second");
        assertFailure(
                pretrainWithoutSizes(second, "--init-from", first.toString(), "--layers 3"),
                1,
                "the run's discriminator has other sizes: num_hidden_layers 1 in the file, 3 in the run; leave the sizes out");
        assertFailure(
                pretrainWithoutSizes(second, "--init-from", first.toString(), "--generator-size 1"),
                1,
                "the run's generator has other sizes: hidden_size 8 in the file, 32 in the run, ");
        for (String sharing : List.of("none", "embeddings")) {
            assertFailure(
                    pretrainWithoutSizes(
                            second,
                            "--init-from",
                            first.resolve("generator").toString(),
                            "--preset tiny --positions 48 --sharing",
                            sharing),
                    1,
                    "the run's generator has other sizes: max_position_embeddings ",
                    " in the file, 48 in the run; leave the sizes out");
        }
        assertThat(second).doesNotExist();
    }

    @Test
    void weightsOfOtherSizesStopTheRunBeforeItBegins() {
        Path second = folder.resolve("second");

        assertFailure(
                pretrain(second, "--init-from", first.toString(), "--hidden-size", "48"), 1, "48", "32", "hidden");
        assertThat(second).doesNotExist();
    }

    /** Text may be long, so that the sizes are compared first: what cannot be read is not looked at here. */
    @Test
    void sizesAndVocabulariesAreComparedBeforeTheTextIsRead() throws IOException {
        Files.write(text, new byte[] {(byte) 0xff});
        Path second = folder.resolve("second");
        String[] weights = {"--init-from", first.toString()};

        assertFailure(
                pretrainWithoutSizes(second, weights[0], weights[1], "--layers 3"),
                1,
                "num_hidden_layers 1 in the file, 3 in the run");
        assertFailure(pretrainWithoutSizes(second, weights), 1, "text.txt", "UTF-8");
        assertFailure(
                pretrainWithoutSizes(second, weights[0], weights[1], "--no-lower-case"),
                1,
                "trained on text in lower case without accents, but the run's is in its own case with accents");
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("house", "mouse"));
        assertFailure(pretrainWithoutSizes(second, weights), 1, "house there and mouse in the run");
        assertThat(second).doesNotExist();
    }

    /** Nor are shards, which take long to check. */
    @Test
    void theVocabularyIsComparedBeforeShardsAreRead() throws IOException {
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("house", "mouse"));
        Path shards = folder.resolve("shards");
        String line = "prepare --data " + text + " --vocab " + vocabulary + " --sequence-length 32 --output " + shards;
        assertSuccess(CommandRunner.run(line.split(" ")));
        try (var files = Files.list(shards)) {
            for (Path shard :
                    files.filter(file -> file.toString().endsWith(".shard")).toList()) {
                Files.write(shard, new byte[] {1});
            }
        }
        line = "pretrain --data " + shards + " --vocab " + vocabulary + " --max-steps 1 --output "
                + folder.resolve("second");

        assertFailure(CommandRunner.run(line.split(" ")), 1, ".shard");
        assertFailure(
                CommandRunner.run((line + " --init-from " + first).split(" ")), 1, "house there and mouse in the run");
    }

    @Test
    void weightsOfAnotherVocabularyStopTheRun() throws IOException {
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("house", "mouse"));

        assertFailure(
                pretrain(folder.resolve("second"), "--init-from", first.toString()),
                1,
                "the run has another vocabulary",
                "house there and mouse in the run");
    }

    /** The first run's discriminator as HuggingFace's libraries have it, whose tokenizer is in {@code tokenizer.json} alone. */
    private Path fastTokenizer() throws IOException {
        Path hub = folder.resolve("hub");
        assertSuccess(CommandRunner.run("export", first.toString(), "--output", hub.toString()));
        Files.delete(hub.resolve("vocab.txt"));
        Files.delete(hub.resolve("tokenizer_config.json"));
        return hub;
    }

    @Test
    void aTokenizerMayBeInTheFastTokenizersFileAlone() throws IOException {
        Path hub = fastTokenizer();
        assertSuccess(pretrain(folder.resolve("second"), "--init-from", hub.toString()));
        assertFailure(
                pretrain(folder.resolve("third"), "--init-from", hub.toString(), "--no-lower-case"),
                1,
                hub + ": trained on text in lower case without accents, but the run's is in its own case with accents");
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("house", "mouse"));
        assertFailure(
                pretrain(folder.resolve("third"), "--init-from", hub.toString()),
                1,
                hub + ": the run has another vocabulary: token ",
                "house there and mouse in the run; use the folder's vocabulary, whole (where it is in tokenizer.json"
                        + " alone, 'jelectra import' writes vocab.txt)");
    }

    /** No option says it; of prepared text it cannot be changed any more. */
    @Test
    void theLongestWordIsThatOfTheWeights() throws IOException {
        Path weights = folder.resolve("weights");
        Files.move(fastTokenizer(), weights);
        Path file = weights.resolve("tokenizer.json");
        JsonObject json = Json.read(file);
        json.getAsJsonObject("model").addProperty("max_input_chars_per_word", 4);
        Json.write(file, json);
        Path second = folder.resolve("second");
        String[] more = {"--init-from", weights.toString(), "--snapshot-steps", "1", "--keep", "9"};

        String out = assertSuccess(pretrain(second, more)).out();

        assertThat(out).doesNotContain("words of more than");
        Path tokenizer = second.resolve("discriminator/tokenizer_config.json");
        assertThat(Json.read(tokenizer).get("max_input_chars_per_word").getAsInt())
                .isEqualTo(4);
        Path model = second.resolve("discriminator/model.safetensors");
        byte[] trained = Files.readAllBytes(model);
        for (int step : List.of(5, 6)) {
            Files.delete(new SnapshotFolder(second).file(step));
        }
        Files.move(weights, folder.resolve("elsewhere"));
        assertSuccess(CommandRunner.run("pretrain", "--resume", second.toString()));
        assertThat(model).hasBinaryContent(trained);

        Path shards = folder.resolve("shards");
        String line = "prepare --data " + text + " --vocab " + vocabulary + " --sequence-length 32 --held-out 0.2"
                + " --output " + shards;
        assertSuccess(CommandRunner.run(line.split(" ")));
        text = shards;
        more[1] = folder.resolve("elsewhere").toString();
        assertThat(assertSuccess(pretrain(folder.resolve("third"), more)).out())
                .contains("words of more than 4 characters were [UNK] to the weights' tokenizer, those of more than 200"
                        + " are in the prepared text");
    }

    @Test
    void aDirectoryWithoutWeightsIsNamed() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));

        assertFailure(pretrain(folder.resolve("second"), "--init-from", empty.toString()), 1, empty.toString());
    }

    /** Without the vocabulary and the sizes as options, so that both come from the weights. */
    private List<String> beginWith(Path weights, Path output) {
        return List.of(("pretrain --data " + text + " --output " + output + " --init-from " + weights
                        + " --max-steps 4 --batch 4 --sequence-length 32 --held-out 0.2 --snapshot-steps 1 --keep 9")
                .split(" "));
    }

    /** A run that began with weights which are no longer where they were. */
    private Path runWhoseWeightsAreGone(Path weights) throws IOException {
        Files.move(first, weights);
        Path second = folder.resolve("second");
        assertSuccess(CommandRunner.run(beginWith(weights, second).toArray(String[]::new)));
        Files.move(weights, first);
        return second;
    }

    @Test
    void aRunWithASnapshotDoesNotNeedItsFirstWeightsAgain() throws IOException {
        Path second = runWhoseWeightsAreGone(folder.resolve("weights"));
        byte[] trained = Files.readAllBytes(second.resolve("discriminator/model.safetensors"));
        for (int step : List.of(3, 4)) {
            Files.delete(new SnapshotFolder(second).file(step));
        }

        CommandRunner.Result result = assertSuccess(CommandRunner.run("pretrain", "--resume", second.toString()));

        assertThat(result.out()).contains("resumed after step 2 of 4");
        assertThat(second.resolve("discriminator/model.safetensors")).hasBinaryContent(trained);
        assertThat(second.resolve("vocab.txt")).hasSameTextualContentAs(vocabulary);
    }

    /** The run's options and text do not say what its weights' tokenizer was. */
    @Test
    void aTokenizerOfGivenWeightsIsNotGuessed() throws IOException {
        Path second = runWhoseWeightsAreGone(folder.resolve("weights"));
        for (String name : List.of("vocab.txt", "tokenizer_config.json")) {
            Path file = second.resolve(name);
            Files.delete(file);
            assertFailure(
                    CommandRunner.run("pretrain", "--resume", second.toString()),
                    1,
                    file
                            + ": missing, and the run began with given weights (--init-from), whose tokenizer it is; copy it"
                            + " from the run's discriminator or generator, or from a backup");
            assertThat(file).doesNotExist();
            Files.copy(second.resolve("discriminator").resolve(name), file);
            assertThat(assertSuccess(CommandRunner.run("pretrain", "--resume", second.toString()))
                            .out())
                    .contains("resumed after step 4 of 4");
        }
    }

    @Test
    void aRunWhoseSnapshotsAreAllDamagedDoesNotAskForItsFirstWeights() throws IOException {
        Path second = runWhoseWeightsAreGone(folder.resolve("weights"));
        for (int step : new SnapshotFolder(second).steps()) {
            Files.write(new SnapshotFolder(second).file(step), new byte[7]);
        }

        for (int time = 1; time <= 2; time++) {
            assertFailure(
                    CommandRunner.run("pretrain", "--resume", second.toString()),
                    1,
                    "none of the 4 snapshots can be used");
        }
    }

    @Test
    void aRunWithoutASnapshotNamesTheWeightsThatAreMissing() throws IOException {
        Path weights = folder.resolve("weights");
        Path second = runWhoseWeightsAreGone(weights);
        for (int step : new SnapshotFolder(second).steps()) {
            Files.delete(new SnapshotFolder(second).file(step));
        }
        for (String network : List.of("discriminator", "generator")) {
            Files.move(second.resolve(network), folder.resolve("former-" + network));
        }

        assertFailure(
                CommandRunner.run("pretrain", "--resume", second.toString()),
                1,
                second + " has no snapshot to go on from, so that the run would begin again with its weights"
                        + " (--init-from): " + weights + ": expected a model");

        Files.move(first, weights);
        CommandRunner.Result result = assertSuccess(CommandRunner.run("pretrain", "--resume", second.toString()));
        assertThat(result.out())
                .contains("the run was interrupted before its first snapshot: it begins anew")
                .contains("discriminator from " + weights.resolve("discriminator"));
    }

    @Test
    void damagedSettingsAreNamed() throws IOException {
        Path second = folder.resolve("second");
        assertSuccess(CommandRunner.run(beginWith(first, second).toArray(String[]::new)));
        Path settings = second.resolve("settings.json");
        String whole = Files.readString(settings);
        for (String damaged : List.of(
                whole.replace("\"settings\"", "\"other\""),
                whole.replace("\"objective\": \"ELECTRA\"", "\"objective\": \"OTHER\""))) {
            assertThat(damaged).isNotEqualTo(whole);
            Files.writeString(settings, damaged);
            assertFailure(
                    CommandRunner.run("pretrain", "--resume", second.toString()),
                    1,
                    settings + ": expected the \"settings\" of a run as 'jelectra pretrain' writes them");
        }
    }
}
