package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.cli.ChildProcess;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.finetune.PublishedScores;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code jelectra finetune} from a tiny pre-trained model, on tasks of a few lines. */
class FineTuneCommandTest {

    @TempDir
    private static Path shared;

    private static Path model;

    @TempDir
    private Path directory;

    @BeforeAll
    static void pretrain() throws IOException {
        model = shared.resolve("model");
        List<String> arguments = TinyRun.arguments(TinyRun.writeText(shared), TinyRun.writeVocabulary(shared), model);
        CommandRunner.Result result = CommandRunner.run(arguments.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
    }

    /** Whether the first word is a cat: nothing that random weights could not learn. */
    private Path sst() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("glue/sst"));
        StringBuilder text = new StringBuilder("sentence\tlabel\n");
        for (int i = 0; i < 48; i++) {
            String rest = " sees a house and walk".substring(0, 6 + i % 16);
            text.append(i % 3 == 0 ? "cat" : "dog")
                    .append(rest)
                    .append('\t')
                    .append(i % 3 == 0 ? 1 : 0)
                    .append('\n');
        }
        Files.writeString(folder.resolve("train.tsv"), text);
        Files.writeString(folder.resolve("dev.tsv"), text);
        Files.writeString(folder.resolve("test.tsv"), "index\tsentence\n5\tcat sees\n2\tdog sees \"a house\n");
        return directory.resolve("glue");
    }

    private CommandRunner.Result finetune(String task, Path data, Path output, String... more) {
        return finetune(model, task, data, output, more);
    }

    private static CommandRunner.Result finetune(Path base, String task, Path data, Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "finetune",
                "--model",
                base.toString(),
                "--task",
                task,
                "--data",
                data.toString(),
                "--output",
                output.toString(),
                "--backend",
                "cpu",
                "--threads",
                "1"));
        arguments.addAll(List.of(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void learnsAndWritesWhatItPromises() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune(
                "SST-2", sst(), output, "--epochs", "12", "--batch", "8", "--learning-rate", "5e-3", "--seeds", "2");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("task").getAsString()).isEqualTo("SST-2");
        assertThat(results.get("metric").getAsString()).isEqualTo("accuracy");
        assertThat(results.getAsJsonArray("seeds")).hasSize(2);
        JsonObject summary = results.getAsJsonObject("summary");
        assertThat(summary.get("mean").getAsDouble()).as(result.out()).isCloseTo(1, within(0.2));
        assertThat(summary.get("degenerate_runs").getAsInt()).isZero();
        Path seed = output.resolve("seed-2");
        assertThat(TaskModelFiles.labels(seed)).containsExactly("0", "1");
        assertThat(TaskModelFiles.architecture(seed)).isEqualTo("ElectraForSequenceClassification");
        assertThat(seed.resolve("vocab.txt")).isRegularFile();
        assertThat(seed.resolve("run.snapshot")).doesNotExist();
        assertThat(seed.resolve("curves.png")).as("curves up to the end").isNotEmptyFile();
        assertThat(Files.readAllLines(seed.resolve("SST-2.tsv"))).containsExactly("index\tprediction", "5\t1", "2\t0");
        assertThat(Files.readAllLines(seed.resolve("predictions-dev.tsv"))).hasSize(49);
        assertThat(Json.read(seed.resolve("predictions-dev.json")).getAsJsonArray("predictions"))
                .hasSize(48);
        assertThat(Files.readAllLines(seed.resolve("metrics.jsonl")))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(Json.parse(line, "line").has("loss")).isTrue());
    }

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
            CommandRunner.Result result = finetune("sst", sst(), directory.resolve(reason), asked);
            assertThat(result.code()).as(result.err()).isZero();
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
        CommandRunner.Result result = finetune("sst", sst(), first, "--epochs", "0.1", "--max-length", "16");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject tokenizer = Json.read(first.resolve("seed-1/tokenizer_config.json"));
        assertThat(tokenizer.get("model_max_length").getAsInt()).isEqualTo(16);
        assertThat(tokenizer.get("trained_max_length").getAsInt()).isEqualTo(32);

        Path base = first.resolve("seed-1");
        CommandRunner.Result longest = finetune(base, "sst", sst(), directory.resolve("second"), "--epochs", "0.1");
        assertThat(longest.code()).as(longest.err()).isZero();
        assertThat(longest.out()).contains("up to 32 tokens");
        tokenizer = Json.read(directory.resolve("second/seed-1/tokenizer_config.json"));
        assertThat(tokenizer.get("model_max_length").getAsInt()).isEqualTo(32);
        assertThat(tokenizer.has("trained_max_length")).isFalse();

        CommandRunner.Result refused =
                finetune(base, "sst", sst(), directory.resolve("third"), "--epochs", "0.1", "--max-length", "33");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--max-length 33: the model was trained on sequences of 32 tokens");
    }

    /** The model has one layer. */
    @Test
    void theHeadAloneLearns() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune("SST-2", sst(), output, "--epochs", "1", "--freeze", "all");
        assertThat(result.code()).as(result.err()).isZero();
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
    void aRunIsNotOverwrittenButTakenUp() throws IOException {
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "1", "--batch", "16"};
        assertThat(finetune("sst", sst(), output, settings).code()).isZero();
        byte[] weights = Files.readAllBytes(output.resolve("seed-1/model.safetensors"));
        CommandRunner.Result again = finetune("sst", sst(), output, settings);
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("holds a run already").hasLineCount(1);
        assertThat(again.out()).isEmpty();
        CommandRunner.Result more =
                finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume", "--seeds", "2");
        assertThat(more.code()).as(more.err()).isZero();
        assertThat(Files.readAllBytes(output.resolve("seed-1/model.safetensors")))
                .isEqualTo(weights);
        assertThat(output.resolve("seed-2/model.safetensors")).isRegularFile();
        assertThat(more.out()).doesNotContain("warning: ");

        Path result = output.resolve("seed-1/result.json");
        JsonObject json = Json.read(result);
        json.addProperty("backend", "cuda");
        Json.write(result, json);
        CommandRunner.Result mixed =
                finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume", "--seeds", "2");
        assertThat(mixed.out())
                .containsOnlyOnce("warning: the seeds before were computed by backend cuda in float32, seed 2 by cpu in"
                        + " float32: results.json has both\n");

        byte[] results = Files.readAllBytes(output.resolve("results.json"));
        CommandRunner.Result fewer = finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume");
        CommandRunner.Result later =
                finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume", "--seed", "2");
        String lost =
                " has a result that results.json would lose; expected --seed and --seeds that include it, got seeds ";
        assertThat(fewer.err()).isEqualTo("jelectra: " + output + ": seed 2" + lost + "1 to 1\n");
        assertThat(later.err()).isEqualTo("jelectra: " + output + ": seed 1" + lost + "2 to 2\n");
        assertThat(List.of(fewer.code(), later.code())).containsOnly(1);
        assertThat(output.resolve("results.json")).hasBinaryContent(results);
    }

    @Test
    void whereTheDiskIsFullTheWayOnIsSaid() throws IOException, InterruptedException {
        Path output = directory.resolve("run");
        List<String> command = new ArrayList<>(List.of("finetune", "--model", model.toString(), "--task", "sst"));
        command.addAll(List.of("--data", sst().toString(), "--output", output.toString(), "--epochs", "0.1"));
        command.addAll(List.of("--backend", "cpu", "--threads", "1"));
        // no file larger than 51 kB: neither curves nor model find room
        ChildProcess.Result full = ChildProcess.run(directory, "ulimit -f 100;", command);
        assertThat(full.code()).isEqualTo(1);
        Path seed = output.resolve("seed-1");
        assertThat(full.err().lines())
                .containsExactly(
                        "jelectra: curves.png not drawn: " + seed.resolve("curves.png") + ": File too large",
                        "jelectra: " + seed.resolve("model.safetensors")
                                + ": File too large; make room, and go on with the same command and --resume");
        command.add("--resume");
        ChildProcess.Result resumed = ChildProcess.run(directory, "", command);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(output.resolve("seed-1/model.safetensors")).isRegularFile();
    }

    @Test
    void goesOnWithTheSameModelAndDataOnly() throws IOException {
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "1", "--batch", "16", "--resume"};
        assertThat(finetune("sst", sst(), output, settings).code()).isZero();
        // elsewhere, but the same
        Path moved = Files.createDirectories(directory.resolve("moved"));
        for (String name : List.of("config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json")) {
            Files.copy(model.resolve("discriminator").resolve(name), moved.resolve(name));
        }
        Files.move(directory.resolve("glue"), directory.resolve("data"));
        Path data = directory.resolve("data");
        CommandRunner.Result same = finetune(moved, "sst", data, output, settings);
        assertThat(same.code()).as(same.err()).isZero();

        Path train = data.resolve("sst/train.tsv");
        String text = Files.readString(train);
        Files.writeString(train, text.replace("dog", "cat"));
        refused(finetune("sst", data, output, settings), "SHA-256 of train.tsv was ");
        Files.writeString(train, text);
        Path weights = moved.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        refused(finetune(moved, "sst", data, output, settings), "SHA-256 of model.safetensors was ");
        Path vocabulary = moved.resolve("vocab.txt");
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("cat", "cats"));
        refused(finetune(moved, "sst", data, output, settings), "SHA-256 of vocab.txt was ");
    }

    private static void refused(CommandRunner.Result result, String message) {
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("result.json: written by a run with other settings: " + message)
                .hasLineCount(1);
    }

    @Test
    void dropoutIsTheModelsOrAsGiven() throws IOException {
        Path none = directory.resolve("none");
        String[] settings = {"--epochs", "1", "--batch", "16"};
        assertThat(finetune("sst", sst(), none, settings).out()).contains("dropout 0.0,");
        Path half = directory.resolve("half");
        CommandRunner.Result result =
                finetune("sst", sst(), half, "--epochs", "1", "--batch", "16", "--dropout", "0.5");
        assertThat(result.code()).as(result.err()).isZero();
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

    @Test
    void aMajorityClassIsFlagged() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result =
                finetune("SST-2", sst(), output, "--epochs", "1", "--learning-rate", "1e-9", "--random-weights");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("random_weights").getAsBoolean()).isTrue();
        assertThat(results.getAsJsonObject("summary").get("degenerate_runs").getAsInt())
                .isEqualTo(1);
        assertThat(result.out()).contains("DEGENERATE");
    }

    @Test
    void seedsWithoutAValueAreNamedInsteadOfAMean() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("train.tsv"), "cat\t1\ndog\t2\n".repeat(4));
        // of equal numbers there is no correlation
        Files.writeString(data.resolve("dev.tsv"), "cat\t1\ndog\t1\n");
        Path task = Files.writeString(
                directory.resolve("numbers.json"),
                "{\"kind\": \"regression\", \"text\": 0, \"label\": 1, \"header\": false}");
        Path output = directory.resolve("out");
        CommandRunner.Result result =
                finetune(task.toString(), data, output, "--epochs", "1", "--batch", "8", "--seeds", "2");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("seed 2: spearman has no value after ")
                .contains("2 runs: no mean, median or best, as spearman has no value in 2 of them (seed 1, 2)");
        JsonObject summary = Json.read(output.resolve("results.json")).getAsJsonObject("summary");
        assertThat(summary.get("undefined_runs").getAsInt()).isEqualTo(2);
        assertThat(summary.get("mean").isJsonNull()).isTrue();
    }

    @Test
    void aSeedThatDivergesIsNamed() throws IOException {
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "1", "--batch", "4", "--learning-rate", "1e30", "--seeds", "2"};
        CommandRunner.Result result = finetune("sst", sst(), output, settings);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .matches("jelectra: seed 1: step \\d: the loss became .* try a smaller learning rate\n");
    }

    @Test
    void aTaskOfOnesOwnWithNumbers() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append(i)
                    .append("\tthe cat\t")
                    .append(i % 2 == 0 ? "dog" : "a house sees")
                    .append('\t');
            text.append(i % 2 == 0 ? 4 : 0.5).append('\n');
        }
        Files.writeString(data.resolve("train.tsv"), text);
        Files.writeString(data.resolve("dev.tsv"), text);
        Path task = Files.writeString(
                directory.resolve("likeness.json"),
                "{\"kind\": \"regression\", \"text\": [1, -2], \"label\": -1, \"header\": false, \"scale\": 5,"
                        + " \"metric\": \"pearson\"}");
        CommandRunner.Result result = finetune(
                task.toString(),
                data,
                directory.resolve("out"),
                "--epochs",
                "15",
                "--batch",
                "4",
                "--learning-rate",
                "5e-3",
                "--loss",
                "mean");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject results = Json.read(directory.resolve("out/results.json"));
        assertThat(results.get("task").getAsString()).isEqualTo("likeness");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isGreaterThan(0.8);
        CommandRunner.Result predicted = CommandRunner.run(
                "predict",
                directory.resolve("out/seed-1").toString(),
                "--tsv",
                "the cat\tdog",
                "the cat\ta house sees");
        assertThat(predicted.code()).as(predicted.err()).isZero();
        double[] scores = predicted
                .out()
                .lines()
                .skip(1)
                .mapToDouble(FineTuneCommandTest::last)
                .toArray();
        assertThat(scores[0] - scores[1])
                .as("in the units of the file: 4 and 0.5 were learnt")
                .isBetween(1.5, 5.5);
    }

    private static double last(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf('\t') + 1));
    }

    @Test
    void taggedWords() throws IOException {
        Path data = Files.createDirectories(directory.resolve("conll2000"));
        String sentence = "the DT B-NP\ncat NN I-NP\nsees VB O\na DT B-NP\nhouse NN I-NP\n\n";
        Files.writeString(data.resolve("train.txt"), "-DOCSTART- -X- O\n\n" + sentence.repeat(24));
        Files.writeString(data.resolve("test.txt"), sentence.repeat(3));
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune(
                "tagging",
                directory.resolve("conll2000"),
                output,
                "--epochs",
                "20",
                "--batch",
                "8",
                "--learning-rate",
                "5e-3");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("metric").getAsString()).isEqualTo("entity_f1");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isGreaterThan(0.9);
        assertThat(TaskModelFiles.labels(output.resolve("seed-1"))).containsExactly("B-NP", "I-NP", "O");
        assertThat(Files.readAllLines(output.resolve("seed-1/predictions-test.txt")))
                .hasSize(18);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sentence@label#cat@1#dog | dev.tsv:3: column label is missing",
                "sentence@label#cat@yes | dev.tsv:2: column label: unknown label \"yes\", expected one of [0, 1]",
                "text@label#cat@1 | dev.tsv:1: expected columns named sentence, found text, label",
                "sentence@label | dev.tsv: expected rows of examples, found none",
                "'' | dev.tsv:1: expected columns named sentence, label; the file has no names of columns"
            })
    void malformedFilesAreNamed(String content, String message) throws IOException {
        Path data = sst();
        Files.writeString(
                data.resolve("sst/dev.tsv"),
                content.replace('@', '\t').replace("#", "\n") + (content.isEmpty() ? "" : "\n"));
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune("SST-2", data, output);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains(message).hasLineCount(1);
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text@label#cat@1#dog@0# | ",
                "^text@label$cat@1$$dog@0$ | ",
                "text@label#cat@1#dog@0 | ",
                "text@label#cat@1#dog@# | train.tsv:3: column label: expected a label, found none",
                "text@label#cat@1#dog# | train.tsv:3: column label is missing: the row has 1 columns",
                "text@label#cat@1#@0# | ",
                "text@kind#cat@1# | train.tsv:1: expected columns named label, found text, kind",
                "text@label# | train.tsv: expected rows of examples, found none",
                "`` | train.tsv:1: expected columns named label; the file has no names of columns",
                "text@label#cat@1#cat@1# | train.tsv: expected at least two labels, found [1]",
                "{\"text\": \"cat\", \"label\": 1}# | train.tsv:1: expected columns named label, found {\"text\": "
            })
    void filesOfEveryShape(String content, String message) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(
                data.resolve("train.tsv"),
                content.replace('@', '\t')
                        .replace("#", "\n")
                        .replace("$", "\r\n")
                        .replace("^", "\uFEFF"));
        Files.writeString(data.resolve("dev.tsv"), "text\tlabel\ncat\t1\n");
        Path task = Files.writeString(directory.resolve("mine.json"), "{\"text\": \"text\", \"label\": \"label\"}");
        Path output = directory.resolve("out");
        CommandRunner.Result result = finetune(task.toString(), data, output, "--epochs", "1");
        if (message == null) {
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out()).contains("mine: 2 training examples, 1 for development");
            assertThat(TaskModelFiles.labels(output.resolve("seed-1"))).containsExactly("0", "1");
        } else {
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains(message).hasLineCount(1);
            assertThat(output).doesNotExist();
        }
    }

    @Test
    void everyTaskOfGlueIntoOneTable() throws IOException {
        Path data = sst();
        Path cola = Files.createDirectories(data.resolve("CoLA"));
        String rows = "gj04\t1\t\tthe cat sees\nbc01\t0\t*\tcat the sees\n".repeat(8);
        Files.writeString(cola.resolve("train.tsv"), rows);
        Files.writeString(cola.resolve("dev.tsv"), rows);
        Files.writeString(cola.resolve("test.tsv"), "index\tsentence\n0\tthe dog\n");
        Files.createDirectories(data.resolve("QNLI"));
        Path output = directory.resolve("out");
        String glue = "glue --model " + model + " --data " + data + " --output " + output
                + " --epochs 1 --seeds 2 --backend cpu";
        CommandRunner.Result result = CommandRunner.run(glue.split(" "));
        assertThat(result.code()).as(result.err()).isZero();
        List<String> table = Files.readAllLines(output.resolve("glue.md"));
        assertThat(table.get(0)).contains("CoLA | SST-2 | MRPC | STS-B | QQP | MNLI | QNLI | RTE | WNLI | average");
        assertThat(table.get(2)).contains("measured here").contains(" ± ").endsWith("| - |");
        assertThat(table.subList(3, 3 + PublishedScores.ALL.size()))
                .allSatisfy(row -> assertThat(row).contains("published: "));
        assertThat(table.get(5)).contains("BERT-Small").endsWith("| 75.1 |");
        assertThat(table).anyMatch(row -> row.contains("Table 8 (not verified)") && row.endsWith("| 75.9 |"));
        JsonObject json = Json.read(output.resolve("glue.json"));
        assertThat(json.getAsJsonObject("tasks").keySet()).containsExactly("CoLA", "SST-2");
        assertThat(json.get("average").isJsonNull()).isTrue();
        assertThat(output.resolve("CoLA/results.json")).isRegularFile();
        assertThat(Files.readAllLines(output.resolve("CoLA/seed-2/CoLA.tsv")))
                .hasSize(2)
                .first()
                .isEqualTo("index\tprediction");
        Files.writeString(cola.resolve("dev.tsv"), rows + rows);
        refused(CommandRunner.run((glue + " --resume").split(" ")), "SHA-256 of dev.tsv was ");
    }

    @Test
    void aSavedModelMeasuresAsInItsRun() throws IOException {
        Path data = sst();
        Path output = directory.resolve("out");
        CommandRunner.Result trained =
                finetune("SST-2", data, output, "--epochs", "2", "--batch", "8", "--learning-rate", "2e-3");
        assertThat(trained.code()).as(trained.err()).isZero();
        String dev = data.resolve("sst/dev.tsv").toString();
        String seed = output.resolve("seed-1").toString();
        String metrics = directory.resolve("metrics.json").toString();
        CommandRunner.Result result =
                CommandRunner.run("evaluate", seed, dev, "--task", "SST-2", "--output", metrics, "--backend", "cpu");
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject expected = Json.read(output.resolve("results.json"))
                .getAsJsonArray("seeds")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("values");
        JsonObject values = Json.read(Path.of(metrics)).getAsJsonObject("values");
        assertThat(values.get("accuracy")).isEqualTo(expected.get("accuracy"));
        assertThat(values.get("loss").getAsDouble())
                .isCloseTo(expected.get("loss").getAsDouble(), within(1e-6));

        CommandRunner.Result tagging = CommandRunner.run("evaluate", seed, dev, "--task", "tagging");
        assertThat(tagging.code()).isEqualTo(1);
        assertThat(tagging.err())
                .contains("expected a fine-tuned model of the kind ElectraForTokenClassification")
                .hasLineCount(1);
        CommandRunner.Result pretrained = CommandRunner.run("evaluate", model.toString(), dev, "--task", "SST-2");
        assertThat(pretrained.code()).isEqualTo(1);
        assertThat(pretrained.err())
                .contains("found a pre-trained discriminator (ElectraForPreTraining); fine-tune it first")
                .hasLineCount(1);
        CommandRunner.Result seeds = CommandRunner.run("evaluate", output.toString(), dev, "--task", "SST-2");
        assertThat(seeds.code()).isEqualTo(1);
        assertThat(seeds.err())
                .contains("found those of a fine-tuning's seeds; choose one, as " + seed)
                .hasLineCount(1);
        CommandRunner.Result regression = CommandRunner.run("evaluate", seed, dev, "--task", "STS-B");
        assertThat(regression.code()).isEqualTo(1);
        assertThat(regression.err()).contains("the model has 2 outputs").hasLineCount(1);
    }

    @Test
    void wrongUse() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result unknown = finetune("SST-3", sst(), output);
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("unknown task SST-3: expected one of CoLA")
                .hasLineCount(1);
        CommandRunner.Result absent = finetune("CoLA", sst(), output);
        assertThat(absent.code()).isEqualTo(1);
        assertThat(absent.err()).contains("expected train.tsv", "CoLA").hasLineCount(1);
        CommandRunner.Result tooLong = finetune("SST-2", sst(), output, "--max-length", "100000");
        assertThat(tooLong.code()).isEqualTo(2);
        assertThat(tooLong.err()).contains("positions of the model").hasLineCount(1);
        CommandRunner.Result noEpochs = finetune("SST-2", sst(), output, "--epochs", "0");
        assertThat(noEpochs.code()).isEqualTo(2);
        assertThat(noEpochs.err())
                .contains("finetune: the number of epochs must be positive, got 0.0 (")
                .hasLineCount(1);
        CommandRunner.Result noMinutes = finetune("SST-2", sst(), output, "--snapshot-minutes", "-1");
        assertThat(noMinutes.code()).isEqualTo(2);
        assertThat(noMinutes.err())
                .contains("the minutes between snapshots must not be negative, got -1.0 (")
                .hasLineCount(1);
        assertThat(output).doesNotExist();
    }
}
