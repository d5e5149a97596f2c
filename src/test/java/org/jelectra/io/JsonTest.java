package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        object.add("nothing", com.google.gson.JsonNull.INSTANCE);
        Path file = folder.resolve("config.json");
        Json.write(file, object);
        assertThat(Files.readString(file)).endsWith("}\n").contains("\"a<b> ü\"");
        assertThat(Json.read(file)).isEqualTo(object);
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
