package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class JsonTest {

    @TempDir
    Path folder;

    @Test
    void roundTrip() throws IOException {
        JsonObject object = new JsonObject();
        object.addProperty("name", "a<b> ü");
        object.addProperty("steps", 3_000_000_000L);
        object.add("nothing", JsonNull.INSTANCE);
        Path file = folder.resolve("config.json");
        Json.write(file, object);
        assertThat(Files.readString(file)).endsWith("}\n").contains("\"a<b> ü\"");
        assertThat(Json.read(file)).isEqualTo(object);
    }

    /** More than 2^31 characters make no string, and fewer may be more than the memory. */
    @Test
    void rowsAreWrittenAsTheyCome() throws IOException {
        Path file = folder.resolve("rows.json");
        JsonObject head = new JsonObject();
        head.addProperty("task", "a<b> ü\ud800");
        JsonObject whole = head.deepCopy();
        JsonArray array = new JsonArray();
        whole.add("rows", array);
        Json.write(file, head, "rows", Stream.of());
        assertThat(file).hasBinaryContent(Json.text(whole).getBytes(StandardCharsets.UTF_8));
        Stream<JsonObject> rows = IntStream.range(0, 2000).mapToObj(i -> {
            JsonObject row = new JsonObject();
            row.addProperty("index", i);
            row.addProperty("logit", i / 3f);
            row.add("label", JsonNull.INSTANCE);
            array.add(row);
            if (i == 1999) {
                assertThat(folder)
                        .isDirectoryContaining(unfinished -> unfinished.toFile().length() > 50_000);
            }
            return row;
        });
        Json.write(file, head, "rows", rows);
        assertThat(file).hasBinaryContent(Json.text(whole).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": 1,}      | line 1 column
            {"a": 1        | not valid JSON
            {a: 1}         | not valid JSON: malformed at line 1 column 3 path $.
            {"a": NaN}     | not valid JSON
            {"a": 1} x     | not valid JSON
            [1]            | expected a JSON object, found an array
            null           | expected a JSON object, found null
            3              | expected a JSON object, found a single value
            ``             | expected a JSON object, found nothing
            """)
    void malformed(String text, String expected) {
        assertThatThrownBy(() -> Json.parse(text, "config.json"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {              | true
            {"a": 1        | true
            {"a": {"b": 1} | true
            {"a": 1},      | false
            {"a": 1} x     | false
            {"a": 1, b     | false
            """)
    void onlyALineThatEndsWithinItsObjectIsToBeJoined(String line, boolean joined) {
        assertThatThrownBy(() -> Json.parseLine(line, "a.jsonl:1"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("a.jsonl:1: ")
                .satisfies(e -> assertThat(e.getMessage().endsWith(Json.JOIN_OBJECT))
                        .as(e.getMessage())
                        .isEqualTo(joined));
    }

    @Test
    void unreadableFiles() throws IOException {
        Path file = folder.resolve("latin1.json");
        Files.write(file, new byte[] {'{', '"', (byte) 0xfc, '"', ':', '1', '}'});
        assertThatThrownBy(() -> Json.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected JSON in UTF-8, found bytes that are not UTF-8");
        assertThatThrownBy(() -> Json.read(folder.resolve("missing.json")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing.json");
    }
}
