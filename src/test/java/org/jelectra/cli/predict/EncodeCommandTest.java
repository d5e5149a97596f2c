package org.jelectra.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.inference.TestModels;
import org.jelectra.io.Json;
import org.jelectra.io.NpyReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jelectra encode}. */
class EncodeCommandTest {

    private static final int WIDTH = 32;
    private static final String[] TEXTS = {"t5 t9", "t7", "t10 t11 t12"};

    @TempDir
    private static Path shared;

    private static String model;

    @TempDir
    private Path directory;

    @BeforeAll
    static void write() throws IOException {
        model = TestModels.classifier(shared.resolve("model"), List.of("a", "b"))
                .toString();
    }

    private static CommandRunner.Result encode(String... arguments) {
        List<String> all = new ArrayList<>(List.of("encode", model));
        all.addAll(List.of(arguments));
        return assertSuccess(CommandRunner.run(all.toArray(String[]::new)));
    }

    private static List<JsonObject> objects(String lines) throws IOException {
        List<JsonObject> objects = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            objects.add(Json.parse(line, "output"));
        }
        return objects;
    }

    private static float[] floats(JsonArray array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).getAsFloat();
        }
        return values;
    }

    @Test
    void tokensAndWhatIsPooledFromThem() throws IOException {
        Path tokens = directory.resolve("tokens.npy");
        Path mean = directory.resolve("mean.npy");
        Path cls = directory.resolve("cls.npy");
        CommandRunner.Result result = encode(with("--pooling", "tokens", "--output", tokens.toString()));
        assertThat(result.out()).isEqualTo(tokens + ": 3 texts, 12 tokens, vectors of 32 numbers\n");
        encode(with("--output", mean.toString()));
        encode(with("--pooling", "cls", "--output", cls.toString()));

        NpyReader all = NpyReader.read(tokens);
        assertThat(all.shape()).containsExactly(12, WIDTH);
        long[] index = NpyReader.read(directory.resolve("tokens-index.npy")).longs();
        assertThat(index).containsExactly(0, 4, 7, 12);
        assertThat(NpyReader.read(mean).shape()).containsExactly(3, WIDTH);
        for (int text = 0; text < 3; text++) {
            for (int i = 0; i < WIDTH; i++) {
                double sum = 0;
                for (long row = index[text]; row < index[text + 1]; row++) {
                    sum += all.floats()[(int) row * WIDTH + i];
                }
                assertThat((double) NpyReader.read(mean).floats()[text * WIDTH + i])
                        .isCloseTo(sum / (index[text + 1] - index[text]), within(1e-5));
                assertThat(NpyReader.read(cls).floats()[text * WIDTH + i])
                        .isEqualTo(all.floats()[(int) index[text] * WIDTH + i]);
            }
        }
    }

    private static String[] with(String... options) {
        List<String> all = new ArrayList<>(List.of(TEXTS));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    @Test
    void jsonHoldsTheSameNumbers() throws IOException {
        Path file = directory.resolve("x.npy");
        encode(with("--output", file.toString(), "--layer", "1", "--batch", "1"));
        float[] expected = NpyReader.read(file).floats();
        List<JsonObject> printed =
                objects(encode(with("--layer", "1", "--batch", "1")).out());
        Path lines = directory.resolve("x.jsonl");
        encode(with("--layer", "1", "--batch", "1", "--output", lines.toString()));
        assertThat(objects(Files.readString(lines))).isEqualTo(printed).hasSize(3);
        for (int text = 0; text < 3; text++) {
            assertThat(printed.get(text).get("index").getAsInt()).isEqualTo(text);
            float[] own = new float[WIDTH];
            System.arraycopy(expected, text * WIDTH, own, 0, WIDTH);
            assertThat(floats(printed.get(text).getAsJsonArray("vector"))).isEqualTo(own);
        }
        JsonObject tokens =
                objects(encode("T5 word", "--pooling", "tokens").out()).get(0);
        assertThat(tokens.getAsJsonArray("tokens")).hasToString("[\"[CLS]\",\"t5\",\"[UNK]\",\"[SEP]\"]");
        assertThat(tokens.getAsJsonArray("vectors")).hasSize(4);
        assertThat(tokens.getAsJsonArray("vectors").get(3).getAsJsonArray()).hasSize(WIDTH);
        assertThat(objects(encode(with()).out()).get(0)).isNotEqualTo(printed.get(0));
    }

    @Test
    void manyTextsFromAFile() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            text.append("{\"id\": ")
                    .append(i % 2 == 0 ? i : "\"n" + i + '"')
                    .append(", \"body\": \"")
                    .append("t7 ".repeat(i + 20))
                    .append("\"}\n");
        }
        Path file = Files.writeString(directory.resolve("x.jsonl"), text);
        CommandRunner.Result result = encode("--file", file.toString(), "--text-field", "body", "--batch", "4");
        List<JsonObject> objects = objects(result.out());
        assertThat(objects).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(objects.get(i).get("id")).hasToString(i % 2 == 0 ? "" + i : "\"n" + i + '"');
            assertThat(objects.get(i).has("truncated")).isEqualTo(i + 22 > 64);
        }
        assertThat(result.err())
                .isEqualTo("jelectra: 7 of 50 rows were cut at 64 tokens, the longest the model reads\n");
    }

    @Test
    void badInputIsOneLineAndLeavesNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), "{\"text\": \"t5\"}\n{\"body\": \"t5\"}\n");
        Path output = directory.resolve("out/x.npy");
        String[] tail = {"--file", file.toString(), "--pooling", "tokens", "--output", output.toString()};
        failure(1, "jelectra: " + file + ":2: expected a field \"text\"", tail);
        Path table = Files.writeString(directory.resolve("x.tsv"), "Sentence\tLABEL\n");
        String names = "jelectra: " + table + ":1: expected a text, found names of columns, 'Sentence', 'LABEL'";
        failure(1, names, "--file", table.toString(), "--output", output.toString());
        failure(
                1,
                names,
                "--file",
                table.toString(),
                "--output",
                output.resolveSibling("x.jsonl").toString());
        failure(1, "text 1: expected a JSON object or a row of a .csv file", "t5", "--text-field", "body");
        assertThat(output.getParent()).isEmptyDirectory();
        failure(2, "--output must end in .npy or .jsonl, got x.txt", "t5", "--output", "x.txt");
        failure(2, "has layers 1 to 2, there is no layer 3", "t5", "--layer", "3");
        failure(2, "--layer must be 1 or more, got 0", "t5", "--layer", "0");
        failure(2, "must be positive, got 0", "t5", "--batch", "0");
        failure(2, "expected one of mean, cls, tokens, but was 'max'", "t5", "--pooling", "max");
        failure(1, "no text");
        CommandRunner.Result result = CommandRunner.runOn(
                "t5".getBytes(StandardCharsets.UTF_8),
                "encode",
                directory.resolve("none").toString());
        assertThat(result.err()).contains("expected a model").hasLineCount(1);
        assertThat(result.code()).isEqualTo(1);
    }

    private static void failure(int code, String message, String... arguments) {
        List<String> all = new ArrayList<>(List.of("encode", model));
        all.addAll(List.of(arguments));
        assertFailure(CommandRunner.run(all.toArray(String[]::new)), code, message);
    }
}
