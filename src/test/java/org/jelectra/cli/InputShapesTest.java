package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.exchange.Folders;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Input of every shape, to every kind of model: sound output, or one line that says which line of the input is wrong. The commands
 * are named by what they read; a text of the reader is a question and its context.
 */
class InputShapesTest {

    @TempDir
    private static Path shared;

    @BeforeAll
    static void write() throws IOException {
        Folders.run(shared.resolve("run"));
        TestModels.classifier(shared.resolve("classifier"), List.of("no", "yes"));
        TestModels.regressor(shared.resolve("regressor"), 5);
        TestModels.tagger(shared.resolve("tagger"), List.of("NN", "VB"));
        TestModels.reader(shared.resolve("reader"));
    }

    static List<String> commands() {
        return List.of(
                "predict run",
                "predict discriminator",
                "predict classifier",
                "predict regressor",
                "predict tagger",
                "predict reader",
                "encode run");
    }

    private static CommandRunner.Result run(String command, byte[] input, String... more) {
        boolean discriminator = command.endsWith("discriminator");
        String[] words = command.replace(" discriminator", " run/discriminator").split(" ");
        List<String> arguments =
                new ArrayList<>(List.of(words[0], shared.resolve(words[1]).toString()));
        if (discriminator) {
            arguments.add("--as-is");
        }
        arguments.addAll(List.of(more));
        return CommandRunner.runOn(input, arguments.toArray(String[]::new));
    }

    /** Standard output where the command succeeds. */
    private static String output(String command, String input, String... more) {
        CommandRunner.Result result = assertSuccess(run(command, input.getBytes(StandardCharsets.UTF_8), more));
        assertThat(result.out()).doesNotContain("NaN");
        return result.out();
    }

    private static void assertError(CommandRunner.Result result, String message) {
        assertThat(result.err().lines()).singleElement().asString().contains(message);
        assertThat(result.code()).isEqualTo(1);
    }

    private static String text(String command, String words) {
        return command.endsWith("reader") ? "t7 t8\t" + words : words;
    }

    private static String json(String command, String words) {
        return command.endsWith("reader")
                ? "{\"question\": \"t7 t8\", \"context\": \"" + words + "\"}"
                : "{\"text\": \"" + words + "\"}";
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isReadOrRefused(String command) throws IOException {
        for (String nothing : List.of("", "\n", "\r\n \n\t\n", "\uFEFF", "\uFEFF\r\n")) {
            assertError(run(command, nothing.getBytes(StandardCharsets.UTF_8)), "no text: give it after MODEL");
            assertError(
                    run(command, nothing.getBytes(StandardCharsets.UTF_8), "--jsonl"), "no text: give it after MODEL");
        }

        String plain = text(command, "t5 t9") + "\n" + text(command, "t6") + "\n";
        String expected = output(command, plain);
        assertThat(output(command, plain.replace("\n", "\r\n"))).isEqualTo(expected);
        assertThat(output(command, "\uFEFF" + plain)).isEqualTo(expected);
        assertThat(output(command, "\uFEFF\n" + plain.replace("\n", "\n\n \n"))).isEqualTo(expected);
        assertThat(output(command, plain.strip())).isEqualTo(expected);

        String lines = json(command, "t5 t9") + "\n" + json(command, "t6") + "\n";
        String ofJson = output(command, lines, "--jsonl");
        assertThat(ofJson).isEqualTo(expected);
        assertThat(output(command, "\uFEFF" + lines.replace("\n", "\r\n\r\n"), "--jsonl"))
                .isEqualTo(expected);
        for (String blank : List.of("", " ", "\\t\\n", "\\u200b")) {
            output(command, json(command, blank) + "\n", "--jsonl");
        }

        String field = command.endsWith("reader") ? "context" : "text";
        for (String wrong : List.of(
                "{\"body\": \"t5\"}",
                "{\"question\": \"t5\"}",
                "{}",
                "{\"question\": \"t5\", \"" + field + "\": null}",
                "{\"question\": \"t5\", \"" + field + "\": [\"t5\"]}",
                "{\"question\": \"t5\", \"" + field + "\": 3}")) {
            CommandRunner.Result result =
                    run(command, (lines + wrong + "\n").getBytes(StandardCharsets.UTF_8), "--jsonl");
            assertError(result, "standard input:3: ");
            assertThat(result.err()).containsPattern("(expected a field|field) \"(question|" + field + ")\"");
        }
        for (String wrong : List.of("{\"text\": ", "t5", "[]", "{\"text\": \"t5\"} x", "{\"text\": \"t5}")) {
            assertError(
                    run(command, (lines + wrong + "\n").getBytes(StandardCharsets.UTF_8), "--jsonl"),
                    "standard input:3: ");
        }
        ByteArrayOutputStream latin = new ByteArrayOutputStream();
        latin.write(plain.getBytes(StandardCharsets.UTF_8));
        latin.write(new byte[] {'t', (byte) 0xe9, '\n'});
        assertError(run(command, latin.toByteArray()), "standard input, line 3: not valid UTF-8 at byte ");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void mayHaveLongLines(String command) {
        assertThat(output(command, text(command, ("t5 " + "x".repeat(196) + " ").repeat(5_000)) + "\n"))
                .isNotEmpty();
        assertThat(output(command, text(command, "t".repeat(1_000_000)) + "\n")).isNotEmpty();
        assertThat(output(command, text(command, "....".repeat(5_000)) + "\n")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict run",
                "predict discriminator",
                "predict classifier",
                "predict regressor",
                "predict tagger",
                "encode run"
            })
    void mayBeEmptyTextsOfTheCommandLine(String command) {
        for (String empty : List.of("", " ", "\t")) {
            assertSuccess(run(command, new byte[0], empty));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--words", "--tsv", "--json", "--batch=1"})
    void mayBeEmptyForEveryOptionOfATagger(String option) {
        for (String row :
                List.of("{\"words\": []}", "{\"words\": [\"\"]}", "{\"words\": [\" \", \"t5\"]}", "{\"text\": \"\"}")) {
            output("predict tagger", row + "\n", "--jsonl", option);
        }
    }
}
