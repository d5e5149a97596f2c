package org.jelectra.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class PredictCommandTest {

    @TempDir
    static Path directory;

    private static String model;

    @BeforeAll
    static void train() throws IOException {
        Path output = directory.resolve("model");
        assertSuccess(CommandRunner.run(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), output)
                        .toArray(String[]::new)));
        model = output.toString();
    }

    @Test
    void showsEveryTokenOfEachText() {
        CommandRunner.Result result = assertSuccess(CommandRunner.run("predict", model, "The cat walks.", "a dog"));
        assertThat(result.out()).contains("##s", "dog").containsPattern("\\.\\d\\d");
        assertThat(result.out().lines().filter(line -> line.contains("replaced tokens found")))
                .hasSize(2);
    }

    @Test
    void textsComeFromStandardInputToo() {
        byte[] input = "the cat\n\n  \na dog".getBytes(StandardCharsets.UTF_8);
        CommandRunner.Result lines = CommandRunner.runOn(input, "predict", model);
        CommandRunner.Result arguments = CommandRunner.run("predict", model, "the cat", "a dog");

        assertThat(lines.code()).as(lines.err()).isZero();
        assertThat(lines.out()).isEqualTo(arguments.out()).isNotEmpty();
    }

    @Test
    void aGeneratorFillsMasks() {
        String generator = model + "/generator";
        String text = "the [MASK] sees a [MASK]";
        CommandRunner.Result readable = assertSuccess(CommandRunner.run("predict", generator, text, "[MASK]"));
        List<String> lines = readable.out().lines().toList();
        assertThat(lines).hasSize(1 + 5 + 5 + 1 + 5);
        assertThat(lines.get(0)).isEqualTo(text);
        assertThat(lines.get(1)).matches("  1\\.  \\S+ +0\\.\\d{4}");
        assertThat(lines.get(2)).matches("      \\S+ +0\\.\\d{4}");
        assertThat(lines.get(6)).matches("  2\\.  \\S+ +0\\.\\d{4}");
        assertThat(lines.get(11)).isEqualTo("[MASK]");

        byte[] row = ("{\"id\": 7, \"text\": \"" + text + "\"}\n").getBytes(StandardCharsets.UTF_8);
        String json = CommandRunner.runOn(row, "predict", generator, "--jsonl", "--json", "--top", "2")
                .out();
        JsonObject object = JsonParser.parseString(json).getAsJsonObject();
        assertThat(object.get("id").getAsString()).isEqualTo("7");
        assertThat(object.getAsJsonArray("masks")).hasSize(2);
        JsonObject second = object.getAsJsonArray("masks").get(1).getAsJsonObject();
        assertThat(second.get("start").getAsInt()).isEqualTo(text.lastIndexOf('['));
        assertThat(second.get("end").getAsInt()).isEqualTo(text.length());
        assertThat(second.getAsJsonArray("candidates")).hasSize(2);
        String likeliest = second.getAsJsonArray("candidates")
                .get(0)
                .getAsJsonObject()
                .get("token")
                .getAsString();
        assertThat(lines.get(6)).contains(" " + likeliest + " ");

        String table = CommandRunner.run("predict", generator, "--tsv", "--top", "15", text)
                .out();
        assertThat(table.lines()).hasSize(1 + 2 * 15).first().isEqualTo("index\tid\tmask\trank\ttoken\tprobability");
        assertThat(table.lines().skip(1).limit(15).mapToDouble(line -> Double.parseDouble(line.split("\t")[5])))
                .as("the whole vocabulary")
                .satisfies(all ->
                        assertThat(all.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(0.001)));
    }

    @Test
    void masksThatNobodyFills() {
        String generator = model + "/generator";
        assertFailure(
                CommandRunner.run("predict", generator, "the [MASK]", "the [mask]"),
                1,
                "text 2: expected [MASK] in the place of each token that is to be guessed, found none");
        assertFailure(
                CommandRunner.run("predict", model, "the [MASK]"),
                1,
                "text 1: has [MASK]; for the tokens that are likely there, give " + generator + " as MODEL");
        for (String top : List.of("0", "16")) {
            CommandRunner.Result result = CommandRunner.run("predict", generator, "--top", top, "[MASK]");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("--top must be 1 to 15, the number of tokens in the vocabulary, got " + top);
        }
        assertThat(CommandRunner.run("predict", generator, "--seed", "2", "[MASK]")
                        .err())
                .contains("--seed needs a discriminator, " + generator + " has none");
        assertThat(CommandRunner.run("predict", model, "--top", "2", "the cat").err())
                .contains("--top needs a fine-tuned model or a generator alone, " + model + " is neither");
    }

    @Test
    void asIsReplacesNothing() {
        CommandRunner.Result result =
                CommandRunner.run("predict", "--as-is", model, "the cat sees a house and a dog .");

        String tokens = result.out().substring(result.out().indexOf("\n\n"));
        assertThat(tokens.strip().lines().findFirst()).contains("the cat sees a   house and a   dog .");
        assertThat(tokens).doesNotContain("->");
    }

    @Test
    void asIsForPrograms() throws IOException {
        CommandRunner.Result json =
                CommandRunner.run("predict", "--as-is", "--json", model, "the cat sees .", "a cats");
        assertThat(json.out().lines()).as(json.err()).hasSize(2);
        JsonObject first = Json.parse(json.out().lines().findFirst().orElseThrow(), "output");
        assertThat(first.get("index").getAsInt()).isZero();
        JsonObject token = first.getAsJsonArray("tokens").get(1).getAsJsonObject();
        assertThat(token.get("token").getAsString()).isEqualTo("cat");
        double probability = token.get("probability").getAsDouble();
        assertThat(probability).isBetween(0.0, 1.0);

        CommandRunner.Result table =
                CommandRunner.run("predict", "--as-is", "--tsv", model, "the cat sees .", "a cats");
        assertThat(table.out().lines())
                .as(table.err())
                .startsWith("index\tid\ttoken\tprobability")
                .contains(String.format("0\t\tcat\t%.4f", probability))
                .hasSize(1 + 4 + 3)
                .last()
                .asString()
                .startsWith("1\t\t##s\t");
    }

    @Test
    void asIsJudgesTextsTogether() {
        String[] texts = {"the cat sees .", "", "a cats " + "the dog ".repeat(40), "a cat"};
        for (String format : List.of("--json", "--tsv")) {
            List<String> together = new ArrayList<>(List.of("predict", "--as-is", format, model));
            together.addAll(List.of(texts));
            List<String> alone = new ArrayList<>(List.of("--batch", "1"));
            alone.addAll(0, together);
            CommandRunner.Result expected = CommandRunner.run(alone.toArray(String[]::new));
            CommandRunner.Result result = CommandRunner.run(together.toArray(String[]::new));
            assertThat(expected.code()).as(expected.err()).isZero();
            assertThat(result.out()).as(result.err()).isEqualTo(expected.out());
        }
    }

    /** As of a program that writes a text and waits for what comes of it. */
    @Test
    void whoWaitsForAnAnswerGetsIt() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Long> answers = new ArrayList<>();
        Iterator<String> lines = List.of("the cat\na dog\n\n", "a cat\n").iterator();
        InputStream input = new InputStream() {
            @Override
            public int read(byte[] bytes, int offset, int length) {
                answers.add(out.toString(StandardCharsets.UTF_8).lines().count());
                if (!lines.hasNext()) {
                    return -1;
                }
                byte[] line = lines.next().getBytes(StandardCharsets.UTF_8);
                System.arraycopy(line, 0, bytes, offset, line.length);
                return line.length;
            }

            @Override
            public int read() {
                throw new AssertionError("expected a reader of many bytes at once");
            }
        };
        assertSuccess(CommandRunner.runOn(input, out, "predict", "--as-is", "--json", model));
        assertThat(answers).containsExactly(0L, 2L, 3L);
    }

    @Test
    void asIsTakesNothingThatIsForTheGenerator() {
        CommandRunner.Result all = CommandRunner.run(
                "predict", "--as-is", model, "--seed=1", "--temperature=1", "--mask-prob=0.15", "a cat");
        CommandRunner.Result one = CommandRunner.run("predict", model, "a cat", "--as-is", "--temperature", "1");

        String why = " needs the generator, which --as-is leaves out (see jelectra predict --help)\n";
        assertThat(all.err()).isEqualTo("jelectra predict: --mask-prob, --temperature, --seed" + why);
        assertThat(all.code()).isEqualTo(2);
        assertThat(one.err()).isEqualTo("jelectra predict: --temperature" + why);
        assertThat(one.code()).isEqualTo(2);
    }

    @Test
    void seedsDecideWhatIsReplaced() {
        String text = "the cat sees a house and a dog . ".repeat(5);

        String first = CommandRunner.run("predict", model, text).out();

        assertThat(CommandRunner.run("predict", model, text).out()).isEqualTo(first);
        assertThat(CommandRunner.run("predict", "--seed", "7", model, text).out())
                .isNotEqualTo(first);
    }

    @Test
    void masksAreThoseOfTheTraining() throws IOException {
        Path output = directory.resolve("whole-words");
        List<String> arguments = new ArrayList<>(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), output));
        arguments.addAll(List.of("--mask-prob", "0.4", "--whole-word-masking", "--temperature", "0.001"));
        CommandRunner.Result run = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        String trained = output.toString();
        String text = "the cat walks and sees a dogs house . ".repeat(3);

        String asTrained = CommandRunner.run("predict", trained, text).out();
        assertThat(CommandRunner.run("predict", trained, "--mask-prob", "0.4", "--temperature", "0.001", text)
                        .out())
                .isEqualTo(asTrained)
                .contains("walk");
        String[] fewer = {"predict", trained, "--mask-prob", "0.15", "--temperature", "0.001", text};
        String[] hotter = {"predict", trained, "--temperature", "1", text};
        assertThat(CommandRunner.run(fewer).out()).isNotEqualTo(asTrained);
        assertThat(CommandRunner.run(hotter).out()).isNotEqualTo(asTrained);

        Path file = output.resolve("settings.json");
        JsonObject settings = Json.read(file);
        settings.getAsJsonObject("settings").remove("objective");
        Json.write(file, settings);
        assertFailure(
                CommandRunner.run("predict", trained, text),
                1,
                file + ": expected the \"settings\" of a run as 'jelectra pretrain' writes them");
        Files.delete(file);
        String[] singleTokens = {"predict", trained, "--mask-prob", "0.4", "--temperature", "0.001", text};
        assertThat(CommandRunner.run(singleTokens).out()).contains("walk").isNotEqualTo(asTrained);
    }

    @Test
    void aLongTextIsJudgedInPieces() {
        CommandRunner.Result result = CommandRunner.run("predict", "--as-is", model, "cat ".repeat(100));

        assertThat(result.out().split("cat", -1)).hasSize(101);
    }

    @Test
    void aDiscriminatorAloneJudgesTextsAsTheyAre() throws IOException {
        String text = "the cat sees a house and a dog .";
        Path alone = directory.resolve("alone/discriminator");
        Files.createDirectories(alone);
        try (Stream<Path> files = Files.list(Path.of(model, "discriminator"))) {
            for (Path file : files.toList()) {
                Files.copy(file, alone.resolve(file.getFileName()));
            }
        }
        String expected = CommandRunner.run("predict", "--as-is", model, text).out();
        for (Path place : List.of(alone, alone.getParent())) {
            CommandRunner.Result result = CommandRunner.run("predict", "--as-is", place.toString(), text);
            assertThat(result.out()).as(result.err()).isEqualTo(expected).isNotEmpty();
            assertFailure(
                    CommandRunner.run("predict", place.toString(), text),
                    1,
                    place + ": a discriminator alone: give --as-is, or import it with --generator");
        }
        assertFailure(
                CommandRunner.run("predict", "--as-is", model + "/generator", text),
                1,
                "expected a pre-trained discriminator (ElectraForPreTraining), found a pre-trained network that guesses tokens");
    }

    @Test
    void badInputIsOneLineAndExitCode1() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path broken = directory.resolve("broken");
        Files.createDirectories(broken.resolve("generator"));
        Files.createDirectories(broken.resolve("discriminator"));
        Files.writeString(broken.resolve("generator/config.json"), "{\"vocab_size\": ");

        assertFailure(CommandRunner.run("predict", directory + "/none", "x"), 1, "none: no such file or directory");
        assertFailure(
                CommandRunner.run("predict", empty.toString(), "x"), 1, empty + ": expected a model, that is a run's");
        assertFailure(CommandRunner.run("predict", broken.toString(), "x"), 1, "config.json");
        assertFailure(CommandRunner.run("predict", model), 1, "no text");
        byte[] bytes = {'a', (byte) 0xff, '\n'};
        assertFailure(CommandRunner.runOn(bytes, "predict", model), 1, "UTF-8");
        CommandRunner.Result replaced =
                assertSuccess(CommandRunner.runOn(bytes, "predict", model, "--invalid-utf8", "replace"));
        assertThat(replaced.err())
                .isEqualTo(
                        "jelectra: replaced in the text: 1 malformed sequence of bytes by U+FFFD, the first in standard"
                                + " input, line 1\n");
    }

    @Test
    void aModelWithWeightsThatAreNotNumbersIsAFailure() throws IOException {
        Path broken = directory.resolve("not-numbers");
        for (String network : List.of("generator", "discriminator")) {
            Files.createDirectories(broken.resolve(network));
            for (String file : List.of("config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json")) {
                Files.copy(
                        Path.of(model, network, file), broken.resolve(network).resolve(file));
            }
        }
        Path weights = broken.resolve("discriminator/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        int header =
                8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Arrays.fill(bytes, header, bytes.length, (byte) 0xff); // NaN in float32
        Files.write(weights, bytes);

        CommandRunner.Result result = CommandRunner.run("predict", "--as-is", broken.toString(), "the cat");

        assertFailure(result, 1, "the model's score for text number 1 is NaN; its weights are not usable");
        assertThat(result.out()).doesNotContain("NaN");
    }
}
