package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON Lines whose names say so in another way than {@code .jsonl}, or not at all. */
@Tag("every-jdk")
class UnnamedJsonLinesTest {

    @TempDir
    Path folder;

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static List<List<String>> read(Path file, String field) throws IOException {
        List<List<String>> documents = new ArrayList<>();
        try (DocumentReader reader = Corpus.open(List.of(file), field).documents()) {
            for (Document document = reader.next(); document != null; document = reader.next()) {
                documents.add(document.lines());
            }
        }
        return documents;
    }

    private static void assertRefused(Path file, String field, String ending) {
        assertThatThrownBy(() -> read(file, field))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected text, found JSON Lines with the field \"" + field
                        + "\", under a name that does not say so; rename it to end in " + ending);
    }

    @Test
    void jsonMayBeTheEndOfTheName() throws IOException {
        String lines = "{\"text\": \"one\", \"url\": \"u\"}\n{\"text\": \"two\"}\n";
        Path file = Files.write(folder.resolve("c4-train.00000-of-01024.json.gz"), gzip(lines));
        assertThat(read(file, "text")).containsExactly(List.of("one"), List.of("two"));
        assertThat(read(Files.writeString(folder.resolve("a.JSON"), lines), "text"))
                .hasSize(2);
        Path list = Files.writeString(folder.resolve("list.json"), "[{\"text\": \"one\"}]\n");
        assertThatThrownBy(() -> read(list, "text"))
                .hasMessageStartingWith(list
                        + ", line 1: expected an object such as {\"text\": \"...\"}, found '[', which begins an array");
        Path other = Files.writeString(folder.resolve("other.json"), "{\"body\": \"one\"}\n");
        assertThatThrownBy(() -> read(other, "text"))
                .hasMessage(other + ", line 1: no field \"text\" here, only body; name the one that holds the text with"
                        + " --text-field, or leave the file out");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\": \"12\", \"url\": \"u\", \"title\": \"t\", \"text\": \"one\\n\\ntwo\"}\n{\"id\": \"13\"}\n",
                "\n \r\n\t {\"text\": \"\"}",
                "\uFEFF{\"meta\": {\"a\": [1]}, \"text\": null}\n"
            })
    void anObjectWithTheFieldIsRefusedAsText(String json) throws IOException {
        assertRefused(Files.writeString(folder.resolve("wiki_00"), json), "text", ".jsonl");
        assertRefused(Files.write(folder.resolve("wiki_00.gz"), gzip(json)), "text", ".jsonl.gz");
    }

    @Test
    void theFieldIsTheOneThatIsAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "{\"content\": \"one\"}\n");
        assertRefused(file, "content", ".jsonl");
        assertThat(read(file, "text")).containsExactly(List.of("{\"content\": \"one\"}"));
    }

    /** The line goes on behind what is looked at. */
    @Test
    void aLongLineIsRefusedToo() throws IOException {
        String words = "word ".repeat(UnnamedJsonLines.LOOK_AHEAD);
        assertRefused(Files.writeString(folder.resolve("a"), "{\"text\": \"" + words + "\"}\n"), "text", ".jsonl");
        assertRefused(
                Files.writeString(folder.resolve("b"), "{\"text\": \"" + words.replace("d w", "d\\nw") + "\"}\n"),
                "text",
                ".jsonl");
        String other = "{\"other\": \"" + words;
        Path text = Files.writeString(folder.resolve("c"), other);
        assertThat(read(text, "text").get(0).get(0)).startsWith("{\"other\": \"word word");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{text: a brace begins this}",
                "{\"text\": \"a quotation that ends\"} and goes on",
                "{",
                "{\"text\"",
                "{\"other\": \"text\"}",
                "text: {\"text\": \"one\"}",
                "{\"text\": 3}"
            })
    void textMayBeginWithABrace(String line) throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), line + "\nmore\n");
        assertThat(read(file, "text")).containsExactly(List.of(line, "more"));
        String filler = "x ".repeat(UnnamedJsonLines.LOOK_AHEAD);
        Path large = Files.writeString(folder.resolve("large.txt"), line + "\n" + filler);
        assertThat(read(large, "text").get(0).get(0)).isEqualTo(line);
    }
}
