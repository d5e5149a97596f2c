package org.jelectra.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same rows in every format, and what each format refuses. */
class RowReaderTest {

    private static final List<Column> COLUMNS = List.of(Column.named("text"), Column.named("label"));

    @TempDir
    private Path folder;

    /** Rows as line: text / label. */
    private List<String> read(String name, String content, boolean header, List<Column> columns) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        List<String> rows = new ArrayList<>();
        RowReader.read(
                file,
                header,
                columns,
                null,
                false,
                (cells, row, line) -> rows.add(line + ": " + String.join(" / ", cells)));
        return rows;
    }

    private void refused(String name, String content, String message) {
        assertThatThrownBy(() -> read(name, content, true, COLUMNS))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve(name) + message);
    }

    @Test
    void quotedCells() throws IOException {
        String csv = "\uFEFFid,text,label\r\n1,\"one, two\",a\r\n2,\"she said \"\"no\"\"\",b\r\n\r\n"
                + "3,\"two\r\nlines\",\"a\"\r\n4,,b\n5,\"\",\"\"\"\"";
        assertThat(read("train.csv", csv, true, COLUMNS))
                .containsExactly(
                        "2: one, two / a", "3: she said \"no\" / b", "5: two\nlines / a", "7:  / b", "8:  / \"");
    }

    @Test
    void cellsByTheirPlaces() throws IOException {
        assertThat(read("train.csv", "a,\"b,c\",d\ne,f,\n", false, List.of(Column.at(1), Column.at(-1))))
                .containsExactly("1: b,c / d", "2: f / ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text,label#\"a,b# | :2: cell 1: its quotation mark is not closed before the end of the file",
                "text,label#a,b#\"a\"b,c# | :3: cell 1: expected a comma after the closing quotation mark, found b;",
                "text,label#a,b \"c\" d# | :2: cell 2: a quotation mark in a cell that does not begin with one;",
                "text,label#a,b,c# | :2: expected 2 cells as in the first row, found 3; a cell with a comma must be",
                "text,label#a# | :2: expected 2 cells as in the first row, found 1",
                "text;label#a;b# | :1: expected columns named text, label, found text;label",
                "text,label# | : expected rows of examples, found none",
                "`` | :1: expected columns named text, label; the file has no names of columns"
            })
    void malformedCsv(String content, String message) {
        refused("train.csv", content.replace('#', '\n'), message);
    }

    @Test
    void fieldsOfObjects() throws IOException {
        String lines = "{\"label\": 1, \"text\": \"a\\tb\\nc\", \"more\": [1]}\n\n{\"text\": \"d\", \"label\": true}\n";
        assertThat(read("train.jsonl", lines, true, COLUMNS)).containsExactly("1: a\tb\nc / 1", "3: d / true");
        assertThat(read("train.jsonl", lines, false, COLUMNS))
                .as("objects name their fields")
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"text\": \"a\"}# | :1: column label is missing: the object has [text]",
                "{\"label\": \"a\"}# | :1: column text is missing: the object has [label]",
                "{\"text\": \"a\", \"label\": null}# | :1: column label is null",
                "{\"text\": \"a\", \"label\": [1]}# | :1: field \"label\": expected a text or a number, found [1]",
                "{\"text\": \"a\", \"label\": 1}#[1]# | :2: expected a JSON object, found an array; jq -c '.[]' FILE",
                "[#{\"text\": \"a\", \"label\": 1}#]# | :1: expected a JSON object, found an array; jq -c '.[]' FILE",
                "{\"text\": \"a\", \"label\": 1}#{\"text\" | :2: not valid JSON: ",
                "`` | : expected rows of examples, found none"
            })
    void malformedObjects(String content, String message) {
        refused("train.jsonl", content.replace('#', '\n'), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.csv | 28 b5 2f fd 04 58 61 | expected text, found data compressed by zstd; unpack it first (zstd -d)",
                "train.tsv | 50 4b 03 04 14 | expected text, found data in a zip archive; unpack it first (unzip)",
                "train.jsonl | 50 41 52 31 15 04 | expected text, found data in a table of Apache Parquet; write its text",
                "train.csv.gz | 41 42 43 | not readable as gzip: Not in GZIP format"
            })
    void packedInOtherWays(String name, String bytes, String message) throws IOException {
        Path file = Files.write(folder.resolve(name), HexFormat.ofDelimiter(" ").parseHex(bytes));
        assertThatThrownBy(() -> RowReader.read(file, true, COLUMNS, null, false, (cells, row, line) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": " + message);
    }

    /** Where a text may have several labels, an array has them; elsewhere it is an error, see above. */
    @Test
    void arraysOfLabels() throws IOException {
        Path file = Files.writeString(
                folder.resolve("train.jsonl"),
                "{\"text\": \"a\", \"label\": [\"x\", 2]}\n{\"text\": \"b\", \"label\": []}\n");
        List<String> labels = new ArrayList<>();
        RowReader.read(file, true, COLUMNS, "|", false, (cells, row, line) -> labels.add(cells[1]));
        assertThat(labels).containsExactly("x|2", "");
        Files.writeString(file, "{\"text\": \"a\", \"label\": [[1]]}\n");
        assertThatThrownBy(() -> RowReader.read(file, true, COLUMNS, "|", false, (cells, row, line) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ":1: field \"label\": expected a text or a number, found [1]");
    }

    /** Joined and divided again they would be other labels; and a text is no array wherever the label may be one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "|  # {'text': 'a', 'label': ['x', 'C|C++']} # label': expected labels that the separator '|' does not divide,"
                        + " found 'C|C++'; the task can declare another 'separator'",
                ":: # {'text': 'a', 'label': ['x:', 'y']} # label': expected labels that the separator '::' does not divide,"
                        + " found 'x:'; the task can declare another 'separator'",
                "|  # {'text': ['a', 'b'], 'label': ['x']} # text': expected a text or a number, found ['a','b']"
            })
    void arraysThatWouldBeReadAsSomethingElse(String separator, String line, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("train.jsonl"), line.replace('\'', '"') + "\n");
        assertThatThrownBy(() -> RowReader.read(file, true, COLUMNS, separator, false, (cells, row, number) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ":1: field \"" + message.replace('\'', '"'));
    }

    @Test
    void objectsHaveNoPlaces() {
        assertThatThrownBy(() -> read("train.jsonl", "{\"text\": \"a\"}\n", true, List.of(Column.at(-1))))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        folder.resolve("train.jsonl")
                                + ": columns of JSON objects have names, expected the name of a field in place of the number -1");
    }

    /** A quotation mark in a file of tabs is one of its text. */
    @Test
    void theEndingTellsTheFormat() throws IOException {
        assertThat(read("train.tsv", "text\tlabel\n\"a\tb\"\n", true, COLUMNS)).containsExactly("2: \"a / b\"");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("text,label\n\"a,b\",c\n".getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(folder.resolve("packed.csv.gz"), packed.toByteArray());
        List<String> texts = new ArrayList<>();
        RowReader.read(file, true, COLUMNS, null, false, (cells, row, line) -> texts.add(cells[0]));
        assertThat(texts).containsExactly("a,b");
    }
}
