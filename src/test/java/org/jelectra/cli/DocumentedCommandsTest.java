package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jelectra.cli.console.Terminal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The commands that README and docs show have the options that they are shown with. */
@Tag("every-jdk")
class DocumentedCommandsTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(?:sh)?\\n(.*?)^```$");
    private static final Pattern COMMAND = Pattern.compile("(?:^|[\\s;|])\\./jelectra +([^#;|<>&\\n]*)");
    /** An argument, with what is quoted in it as one. */
    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|[^\\s\"])+");

    static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> files = Files.list(Path.of("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents;
    }

    /** Commands without their name, from the blocks of a document. */
    private static List<String> commands(Path document) throws IOException {
        List<String> commands = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(document));
        while (blocks.find()) {
            Matcher lines = COMMAND.matcher(blocks.group(1).replace("\\\n", " "));
            while (lines.find()) {
                commands.add(lines.group(1).strip());
            }
        }
        return commands;
    }

    private static void parse(String command) {
        String[] words = WORD.matcher(command)
                .results()
                .map(word -> word.group().replace("\"", "").replaceAll("\\$\\{?\\w+}?", "1"))
                .toArray(String[]::new);
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        CommandLine line =
                new Main(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Terminal.NONE).commandLine(words);
        CommandLine.ParseResult result = line.parseArgs(words);
        assertThat(result.hasSubcommand()).as(command).isTrue();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void areUnderstood(Path document) throws IOException {
        for (String command : commands(document)) {
            try {
                parse(command);
            } catch (CommandLine.ParameterException e) {
                throw new AssertionError(document + ": ./jelectra " + command + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void areFound() throws IOException {
        assertThat(commands(Path.of("README.md")))
                .contains("pretrain", "pretrain --preset small --data my-data")
                .contains("predict runs/tiny-... \"The chef cooked the meal for his guests.\"");
        assertThat(commands(Path.of("docs/pretraining.md")))
                .contains("pretrain --like runs/first --seed $seed --output runs/seed-$seed");
        assertThat(commands(Path.of("docs/recipes.md"))).hasSizeGreaterThan(15);
    }
}
