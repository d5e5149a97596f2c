package org.jelectra.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.failure;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.exchange.Folders;
import org.jelectra.inference.TestModels;
import org.jelectra.io.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code jelectra predict} with fine-tuned models. */
class TaskPredictionTest {

    @TempDir
    private static Path shared;

    private static String classifier;
    private static String regressor;
    private static String tagger;
    private static String reader;

    @TempDir
    private Path directory;

    @BeforeAll
    static void write() throws IOException {
        classifier = TestModels.classifier(shared.resolve("run/seed-1"), List.of("no", "maybe"))
                .toString();
        regressor = TestModels.regressor(shared.resolve("reg"), 5).toString();
        tagger = TestModels.tagger(shared.resolve("tag"), List.of("NN", "VB")).toString();
        reader = TestModels.reader(shared.resolve("qa")).toString();
    }

    private static List<String> lines(CommandRunner.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return result.out().lines().toList();
    }

    private static List<JsonObject> objects(CommandRunner.Result result) {
        return lines(result).stream().map(TaskPredictionTest::parse).toList();
    }

    private static JsonObject parse(String line) {
        try {
            return Json.parse(line, "output");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void labelsInEveryFormat() {
        List<String> readable = lines(CommandRunner.run("predict", classifier, "t5 t9", "t7\tt8  t9"));
        assertThat(readable).hasSize(2);
        assertThat(readable.get(0)).matches("(no   |maybe)  [01]\\.\\d{4}  t5 t9");
        assertThat(readable.get(1)).endsWith("t7 | t8 t9");

        List<String> table = lines(CommandRunner.run("predict", classifier, "--tsv", "t5 t9", "t7\tt8 t9"));
        assertThat(table.get(0)).isEqualTo("index\tid\tprediction\tprobability no\tprobability maybe");
        assertThat(table.get(2).split("\t")).hasSize(5).startsWith("1", "");

        List<JsonObject> json = objects(CommandRunner.run("predict", classifier, "--json", "t5 t9", "t7\tt8 t9"));
        String label = json.get(1).get("prediction").getAsString();
        assertThat(table.get(2)).contains("\t" + label + "\t");
        JsonObject probabilities = json.get(1).getAsJsonObject("probabilities");
        assertThat(probabilities.get("no").getAsDouble()
                        + probabilities.get("maybe").getAsDouble())
                .isCloseTo(1, within(1e-9));
        assertThat(json.get(1).get("probability")).isEqualTo(probabilities.get(label));
        assertThat(readable.get(1))
                .contains(String.format("%.4f", probabilities.get(label).getAsDouble()));
    }

    @Test
    void textsComeFromFilesAndStandardInputToo() throws IOException {
        Path plain = Files.writeString(directory.resolve("a.txt"), "t5 t9\n\nt7\tt8 t9\n");
        Path json = Files.writeString(
                directory.resolve("b.jsonl"),
                "{\"text\": \"t5 t9\", \"id\": 7}\n{\"text_pair\": \"t8 t9\", \"text\": \"t7\", \"id\": \"7\"}\n");
        List<String> expected = lines(CommandRunner.run("predict", regressor, "t5 t9", "t7\tt8 t9"));
        assertThat(expected).hasSize(2).allMatch(line -> line.matches("-?\\d+\\.\\d+  t.*"));
        assertThat(lines(CommandRunner.run("predict", regressor, "--file", plain.toString())))
                .isEqualTo(expected);
        assertThat(lines(CommandRunner.runOn(Files.readAllBytes(plain), "predict", regressor)))
                .isEqualTo(expected);
        assertThat(lines(
                        CommandRunner.runOn(Files.readAllBytes(json), "predict", regressor, "--jsonl", "--batch", "1")))
                .isEqualTo(expected);
        List<JsonObject> objects =
                objects(CommandRunner.run("predict", regressor, "--json", "--file", json.toString()));
        assertThat(objects).extracting(object -> object.get("id").toString()).containsExactly("7", "\"7\"");
        assertThat(lines(CommandRunner.run("predict", regressor, "--tsv", "--file", json.toString())))
                .filteredOn(line -> line.matches("\\d\t7\t.*"))
                .hasSize(2);
        assertThat(expected.get(1))
                .as("all digits that the model computed")
                .startsWith(Float.toString(objects.get(1).get("prediction").getAsFloat()) + "  ");
    }

    /** The endings of JSON Lines that a corpus may have, in any case, are not read as text. */
    @ParameterizedTest
    @ValueSource(strings = {"b.ndjson", "b.json", "B.JSONL"})
    void objectsUnderEveryNameOfJsonLines(String name) throws IOException {
        Path json = Files.writeString(directory.resolve(name), "{\"text\": \"t5 t9\"}\n");
        assertThat(lines(CommandRunner.run("predict", regressor, "--file", json.toString())))
                .isEqualTo(lines(CommandRunner.run("predict", regressor, "t5 t9")));
    }

    @Test
    void tags() {
        List<String> table = lines(CommandRunner.run("predict", tagger, "--tsv", "(t5 t9)", "t7"));
        assertThat(table).hasSize(7);
        assertThat(table.get(0)).matches("\\(\t(NN|VB)\t[01]\\.\\d{4}");
        assertThat(table.get(1)).startsWith("t5\t");
        assertThat(table.get(4)).isEmpty();
        assertThat(lines(CommandRunner.run("predict", tagger, "--tsv", "--words", "(t5 t9)")))
                .hasSize(3);
        JsonObject word = objects(CommandRunner.run("predict", tagger, "--json", "t5 t9"))
                .get(0)
                .getAsJsonArray("words")
                .get(1)
                .getAsJsonObject();
        assertThat(word.get("word").getAsString()).isEqualTo("t9");
        assertThat(word.get("start").getAsInt()).isEqualTo(3);
        byte[] given = "{\"words\": [\"t5\", \"t9\"]}".getBytes(StandardCharsets.UTF_8);
        assertThat(objects(CommandRunner.runOn(given, "predict", tagger, "--json", "--jsonl"))
                        .get(0)
                        .getAsJsonArray("words")
                        .get(1)
                        .getAsJsonObject()
                        .get("tag"))
                .isEqualTo(word.get("tag"));
        List<String> readable = lines(CommandRunner.run("predict", tagger, "t5 t9 ".repeat(60)));
        assertThat(readable).hasSizeGreaterThan(3).allMatch(line -> line.length() <= 100);
        assertThat(readable.get(0)).startsWith("t5 t9 t5");
        assertThat(readable.get(1)).matches("((NN|VB) ?)+");
    }

    @Test
    void answers() {
        String context = "t7 t40  t41 t9";
        JsonObject answer = objects(
                        CommandRunner.run("predict", reader, "--json", "--question", "t5 t6", "--context", context))
                .get(0);
        String text = answer.get("answer").getAsString();
        assertThat(context.substring(
                        answer.get("start").getAsInt(), answer.get("end").getAsInt()))
                .isEqualTo(text)
                .isNotEmpty();
        assertThat(answer.get("probability").getAsDouble()).isBetween(0.0, 1.0);
        assertThat(objects(CommandRunner.run("predict", reader, "--json", "--question", "t5 t6", context)))
                .containsExactly(answer);
        assertThat(objects(CommandRunner.run("predict", reader, "--json", "t5 t6\t" + context)))
                .containsExactly(answer);
        byte[] line = ("{\"question\": \"t5 t6\", \"context\": \"" + context + "\"}").getBytes(StandardCharsets.UTF_8);
        assertThat(objects(CommandRunner.runOn(line, "predict", reader, "--json", "--jsonl")))
                .containsExactly(answer);
        List<String> readable = lines(CommandRunner.run("predict", reader, "t5 t6\t" + context));
        assertThat(readable.get(0)).isEqualTo("t5 t6");
        assertThat(readable.get(1)).contains(text.replace("  ", " ")).contains("(characters ");
        assertThat(lines(CommandRunner.run("predict", reader, "--tsv", "t5\t" + context))
                        .get(0))
                .isEqualTo("index\tid\tanswer\tstart\tend\tprobability\tno_answer_probability\tno_answer");
    }

    /** A file as finetune takes it, with columns of other names, and a row without a text. */
    @Test
    void columnsOfOtherNames() throws IOException {
        Path csv = Files.writeString(
                directory.resolve("train.csv"), "id,review,aspect,score\n1,t5 t9,t7,3\n2,,t7,4\n,t8,\" \",5\n");
        String[] command = {"predict", regressor, "--json", "--file", csv.toString()};
        failure(
                1,
                "train.csv:2: expected a field \"text\" with a string, found only [id, review, aspect, score];"
                        + " --text-field names another one",
                command);
        List<String> named = new ArrayList<>(List.of(command));
        named.addAll(List.of("--text-field", "review"));
        assertThat(objects(CommandRunner.run(named.toArray(String[]::new)))
                        .get(0)
                        .get("prediction"))
                .isEqualTo(objects(CommandRunner.run("predict", regressor, "--json", "t5 t9"))
                        .get(0)
                        .get("prediction"));
        named.addAll(List.of("--text-pair-field", "aspect"));
        CommandRunner.Result result = CommandRunner.run(named.toArray(String[]::new));
        List<JsonObject> pairs = objects(result);
        assertThat(pairs).hasSize(3);
        assertThat(pairs.get(2).has("id")).isFalse();
        assertThat(pairs.get(0).get("prediction"))
                .isEqualTo(objects(CommandRunner.run("predict", regressor, "--json", "t5 t9\tt7"))
                        .get(0)
                        .get("prediction"));
        assertThat(pairs.get(1).get("prediction"))
                .isEqualTo(objects(CommandRunner.run("predict", regressor, "--json", "\tt7"))
                        .get(0)
                        .get("prediction"));
        assertThat(result.err()).isEqualTo("jelectra: 2 of 3 rows have an empty text\n");
        named.set(named.size() - 1, "topic");
        failure(1, "expected a field \"topic\" with a string", named.toArray(String[]::new));
        failure(2, "--text-pair-field needs a model for", "predict", tagger, "--text-pair-field", "b", "t5");
        failure(2, "have the fields question and context", "predict", reader, "--text-field", "b", "t5\tt6");
    }

    /** Known of models that were trained here; of another program's it is not, and nothing is said. */
    @Test
    void aPairWhereSingleTextsWereLearnt() throws IOException {
        Path single = TestModels.regressor(directory.resolve("single"), 1);
        String[] command = {"predict", single.toString(), "t5 t9", "t7\tt8 t9", "t7\t"};
        assertThat(CommandRunner.run(command).err()).isEqualTo("jelectra: 1 of 3 rows have an empty text\n");
        JsonObject config = Json.read(single.resolve("config.json"));
        config.addProperty("texts_per_example", 1);
        Json.write(single.resolve("config.json"), config);
        assertThat(CommandRunner.run(command).err())
                .endsWith(
                        "jelectra: warning: 2 of 3 rows have two texts, but the model was trained on single ones: a tab"
                                + " divides two texts, and the field text_pair has another one\n");
        config.addProperty("texts_per_example", 3);
        Json.write(single.resolve("config.json"), config);
        failure(1, "config.json: \"texts_per_example\" must be 1, or 2 for pairs, found 3", command);
    }

    /** Such a line, taken for a text or a pair, would be an answer more than the table has rows. */
    @Test
    void namesOfColumnsAreNoText() throws IOException {
        for (String name : List.of("x.tsv", "X.TSV")) {
            Path file = Files.writeString(directory.resolve(name), "sentence\tlabel\nt5\tt9\n");
            failure(
                    1,
                    name
                            + ":1: expected a text, found names of columns, 'sentence', 'label'; they are read of .csv, .jsonl,"
                            + " .ndjson and .json: leave the line out, or write the table so",
                    "predict",
                    classifier,
                    "--file",
                    "" + file);
        }
        Path texts = Files.writeString(directory.resolve("y.tsv"), "text t5\nt9\ttext\ntext\n");
        assertThat(lines(CommandRunner.run("predict", classifier, "--file", "" + texts)))
                .hasSize(3);
        Path plain = Files.writeString(directory.resolve("y.txt"), "text\n");
        assertThat(lines(CommandRunner.run("predict", classifier, "--file", "" + plain)))
                .hasSize(1);
    }

    @Test
    void blankLinesAreNoTextsAndCounted() throws IOException {
        Path file = Files.writeString(directory.resolve("gaps.txt"), "t5\n\n \nt9\n");
        CommandRunner.Result result = CommandRunner.run("predict", regressor, "--json", "--file", file.toString());
        assertThat(objects(result)).hasSize(2);
        assertThat(result.err()).isEqualTo("jelectra: 2 blank lines were passed over, as if not there\n");
    }

    /** Those too that were still held, to be computed with others. */
    @Test
    void rowsBeforeAMalformedOneAreAnswered() throws IOException {
        Path json = Files.writeString(directory.resolve("x.jsonl"), "{\"text\": \"t5\"}\n{\"text\": \"t9\"}\n{\n");
        Path bytes = Files.write(directory.resolve("x.txt"), "t5\nt9\nt\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        Path csv = Files.writeString(directory.resolve("x.csv"), "text\nt5\nt9\nt7,t8\n");
        List<String> expected = lines(CommandRunner.run("predict", regressor, "t5", "t9"));
        for (Path file : List.of(json, bytes, csv)) {
            CommandRunner.Result result = CommandRunner.run("predict", regressor, "--file", file.toString());
            CommandRunner.assertFailure(result, 1, file.toString());
            assertThat(result.out().lines()).isEqualTo(expected);
        }
        failure(
                1,
                "x.txt, line 3: not valid UTF-8 at byte 7 of the file (0xE9); text of another encoding is converted by iconv -f ENCODING -t UTF-8; --invalid-utf8 replace reads U+FFFD for"
                        + " such bytes",
                "predict",
                regressor,
                "--file",
                bytes.toString());
        byte[] utf16 = {(byte) 0xff, (byte) 0xfe, 't', 0};
        CommandRunner.Result other = CommandRunner.runOn(utf16, "predict", regressor);
        assertThat(other.err()).endsWith("which is how UTF-16 begins: save it as UTF-8\n");
    }

    @Test
    void bytesThatAreNotUtf8AreReplacedAndCounted() throws IOException {
        byte[] bytes = "t5\nt9 \u00e9 t7\n\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(directory.resolve("x.txt"), bytes);
        CommandRunner.Result result = CommandRunner.run(
                "predict", classifier, "--tsv", "--invalid-utf8", "replace", "--file", file.toString());
        assertThat(lines(result)).hasSize(1 + 3);
        assertThat(result.err())
                .isEqualTo("jelectra: replaced in the text: 2 malformed sequences of bytes by U+FFFD, the first in "
                        + file + ", line 2\n");
        assertThat(lines(CommandRunner.run("predict", classifier, "--tsv", "t5", "t9 \ufffd t7", "\ufffd")))
                .isEqualTo(lines(result));
        CommandRunner.Result encoded = CommandRunner.runOn(bytes, "encode", classifier, "--invalid-utf8", "replace");
        assertThat(lines(encoded)).hasSize(3);
        assertThat(encoded.err())
                .contains("2 malformed sequences of bytes by U+FFFD, the first in standard input, line 2");
    }

    /** Of standard input and of a file that has a row that cannot be read, too. */
    @Test
    void whatWasReplacedBeforeAFailureIsSaid() throws IOException {
        byte[] bytes = "{\"text\": \"t5 \u00e9\"}\n{\"text\": \"\"}\n{\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(directory.resolve("x.jsonl"), bytes);
        for (CommandRunner.Result result : List.of(
                CommandRunner.run("predict", classifier, "--invalid-utf8", "replace", "--file", file.toString()),
                CommandRunner.runOn(bytes, "predict", classifier, "--invalid-utf8", "replace", "--jsonl"))) {
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out().lines()).hasSize(2);
            assertThat(result.err().lines().toList())
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith(
                            "jelectra: replaced in the text: 1 malformed sequence of bytes by U+FFFD, the first in"))
                    .contains("jelectra: 1 of 2 rows have an empty text")
                    .last()
                    .asString()
                    .contains(":3: not valid JSON");
        }
    }

    @Test
    void textsThatAreCutAreCounted() {
        String fits = "t5 ".repeat(62);
        String pair = "t5 ".repeat(31) + "\t" + "t7 ".repeat(31);
        for (String model : List.of(classifier, regressor)) {
            assertThat(CommandRunner.run("predict", model, fits, "t9", fits + "t9", pair)
                            .err())
                    .isEqualTo("jelectra: 2 of 4 rows were cut at 64 tokens, the longest the model reads\n");
            assertThat(CommandRunner.run("predict", model, fits).err()).isEmpty();
        }
    }

    @Test
    void badInputIsOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), "{\"text\": \"t5\"}\n{\"body\": \"t5\"}\n");
        failure(1, "x.jsonl:2: expected a field \"text\"", "predict", classifier, "--file", file.toString());
        Files.writeString(file, "{\"text\": 5}\n");
        failure(1, "x.jsonl:1: field \"text\": expected a string, found 5", "predict", classifier, "--file", "" + file);
        Files.writeString(file, "{\"text\": \"t5\", \"id\": [1]}\n");
        String id = "x.jsonl:1: field \"id\": expected a string or a number, found [1]";
        failure(1, id, "predict", classifier, "--json", "--file", "" + file);
        Files.writeString(file, "{\"words\": [1]}\n");
        failure(1, "expected an array of strings", "predict", tagger, "--file", "" + file);
        Files.writeString(file, "{\n  \"text\": \"t5\"\n}\n");
        String advice = "; an object must be on one line: jq -c . FILE > FILE.jsonl writes it so";
        failure(1, "x.jsonl:1: not valid JSON", "predict", classifier, "--file", "" + file);
        failure(1, advice, "predict", classifier, "--file", "" + file);
        failure(1, "text 1: expected a text, or two divided by a tab, found 3", "predict", classifier, "a\tb\tc");
        failure(1, "text 1: expected a question and a context", "predict", reader, "t5");
        failure(1, "no text", "predict", classifier);
        failure(1, "missing.txt: no such file", "predict", classifier, "--file", directory + "/missing.txt");
        failure(
                1,
                "choose one, as " + classifier,
                "predict",
                Path.of(classifier).getParent() + "",
                "t5");
        failure(2, "--question needs a model for question answering", "predict", classifier, "--question", "a", "b");
        failure(2, "--words needs a model for tagging", "predict", classifier, "--words", "b");
        failure(2, "--context needs --question", "predict", reader, "--context", "a");
        failure(2, "--json and --tsv exclude each other", "predict", classifier, "--json", "--tsv", "a");
        failure(2, "--as-is needs a pre-trained model", "predict", classifier, "--as-is", "a");
        String pretrained = Folders.run(directory.resolve("pretrained")).toString();
        failure(
                2,
                "--json needs a fine-tuned model or a generator alone, " + pretrained
                        + " is neither; --json and --tsv of a discriminator need --as-is",
                "predict",
                pretrained,
                "--json",
                "a");
        failure(2, "--top needs a fine-tuned model", "predict", pretrained, "--as-is", "--json", "--top", "2", "a");
        failure(2, "--json and --tsv exclude each other", "predict", pretrained, "--as-is", "--json", "--tsv", "a");
        failure(2, "must be positive, got 0", "predict", classifier, "--batch", "0", "a");
        failure(2, "no backend is named 'x'", "predict", classifier, "--backend", "x", "a");
    }
}
