package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Malformed bytes are replaced and counted, in plain text as in JSON Lines; {@code ?} stands for U+FFFD here. */
@Tag("every-jdk")
class InvalidUtf8Test {

    @TempDir
    Path folder;

    @Test
    void utf16IsRecognised() throws IOException {
        for (byte[] start : List.of(new byte[] {(byte) 0xff, (byte) 0xfe}, new byte[] {(byte) 0xfe, (byte) 0xff})) {
            Path file = Files.write(folder.resolve("a.txt"), start);
            Files.write(file, "a cat".getBytes(StandardCharsets.UTF_16LE), StandardOpenOption.APPEND);
            for (InvalidUtf8 action : InvalidUtf8.values()) {
                assertThatThrownBy(() ->
                                lines(Corpus.open(List.of(file)).with(action).documents()))
                        .isInstanceOf(IOException.class)
                        .hasMessageEndingWith(", which is how UTF-16 begins: save it as UTF-8; mend the file");
            }
        }
        Path latin = Files.write(folder.resolve("a.txt"), new byte[] {(byte) 0xe9, 'a'});
        assertThatThrownBy(() -> lines(Corpus.open(List.of(latin)).documents()))
                .hasMessageContaining(
                        "byte 0 of the file (0xE9); text of another encoding is converted by iconv -f ENCODING -t UTF-8; mend the file");
    }

    @ParameterizedTest
    @CsvSource({
        "61 ff 62, a?b, 1",
        "61 c3, a?, 1",
        "c3 62, ?b, 1",
        "61 e2 82 62, a?b, 1",
        "f0 9f 98 62, ?b, 1",
        "80 62, ?b, 1",
        "c0 80 62, ??b, 2",
        "e0 80 80 62, ???b, 3",
        "f5 62, ?b, 1",
        "f4 90 80 80 62, ????b, 4",
        "c2 80 c2 bf df bf, \u0080\u00bf\u07ff, 0",
        "e0 a0 80 ed 9f bf ee 80 80 ef bf bf, \u0800\ud7ff\ue000\uffff, 0",
        "f0 90 80 80 f4 8f bf bf, \ud800\udc00\udbff\udfff, 0",
        "61 ef bf bd c3 a4 f0 9f 98 80, a?\u00e4\ud83d\ude00, 0"
    })
    void malformedSequencesBecomeReplacementCharacters(String hex, String text, int count) throws IOException {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
        String expected = text.replace('?', '\uFFFD');
        String first = count == 0 ? null : ", line 2";
        for (boolean json : new boolean[] {false, true}) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            content.writeBytes(ascii(json ? "{\"text\": \"good\"}\n{\"text\": \"" : "good\n"));
            content.writeBytes(bytes);
            content.writeBytes(ascii(json ? "\"}\n{\"text\": \"good\"}\n" : "\ngood\n"));
            Path file = Files.write(folder.resolve(json ? "a.jsonl" : "a.txt"), content.toByteArray());
            Corpus corpus = Corpus.open(List.of(file)).with(InvalidUtf8.REPLACE);
            try (DocumentReader reader = corpus.documents()) {
                assertThat(lines(reader)).containsExactly("good", expected, "good");
                assertThat(reader.replaced()).isEqualTo(new Replacements(count, first == null ? null : file + first));
            }
            if (count > 0) {
                assertThatThrownBy(() -> lines(corpus.with(InvalidUtf8.STOP).documents()))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(file + ", line 2: not valid UTF-8 at byte ");
            }
        }
    }

    @Test
    void theFirstOfSeveralFilesIsKept() throws IOException {
        Path good = Files.writeString(folder.resolve("1.txt"), "good\n");
        Path bad = Files.write(folder.resolve("2.txt"), new byte[] {'a', '\n', (byte) 0xff, 'b', (byte) 0xff, '\n'});
        Path worse = Files.write(folder.resolve("3.txt"), new byte[] {(byte) 0xe9, '\n'});
        try (DocumentReader reader =
                Corpus.open(List.of(good, bad, worse)).with(InvalidUtf8.REPLACE).documents()) {
            while (reader.next() != null) {
                assertThat(reader.replaced().count()).isLessThanOrEqualTo(3);
            }
            assertThat(reader.replaced()).isEqualTo(new Replacements(3, bad + ", line 2"));
        }
    }

    private static List<String> lines(DocumentReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Document document = reader.next(); document != null; document = reader.next()) {
            lines.addAll(document.lines());
        }
        return lines;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
