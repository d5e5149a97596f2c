package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jelectra.text.corpus.CorpusTest.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON Lines, xz, and going on at a position. */
@Tag("every-jdk")
class CorpusFormatsTest {

    @TempDir
    Path folder;

    @Test
    void jsonLines() throws IOException {
        Path file = write(
                "a.jsonl",
                "{\"id\": 1, \"text\": \"one\\ntwo \\u00e4\\ud83d\\ude00\", \"meta\": {\"a\": [1, \"x}\\\"\", null]}}\n"
                        + "\n {\"text\":\"\"}\r\n{\"text\": null, \"n\":-1.5e3}\n{\"text\":\"three \\\"ü€\\\" \\\\ \\/\"}");
        assertThat(read(Corpus.open(List.of(file))))
                .containsExactly(
                        new Document(List.of("one", "two ä😀"), file.toString(), 0, false, false),
                        new Document(List.of(), file.toString(), 1, false, false),
                        new Document(List.of(), file.toString(), 2, false, false),
                        new Document(List.of("three \"ü€\" \\ /"), file.toString(), 3, false, false));
    }

    @Test
    void valuesOfEveryKindArePassedOver() throws IOException {
        Path file = write(
                "a.jsonl",
                "{\"a\": false, \"b\": [true, null, {\"z\": \"\\\"\"}], \"c\": -90.5E+09, \"text\": \"x\", \"d\": 9e-1}\n");
        assertThat(read(open(file)).get(0).lines()).containsExactly("x");
    }

    @Test
    void theFieldCanBeNamed() throws IOException {
        Path file = write("a.ndjson", "{\"content\": \"x\", \"text\": 3}\n");
        assertThat(read(Corpus.open(List.of(file), "content")).get(0).lines()).containsExactly("x");
    }

    @Test
    void aJsonDocumentOfAnyLengthComesInStretches() throws IOException {
        int words = 400_000;
        Path file = write("long.jsonl", "{\"text\": \"" + "word ".repeat(words) + "\"}\n{\"text\": \"next\"}\n");
        List<Document> documents = read(open(file));
        assertThat(documents.size()).isGreaterThan(5);
        assertThat(documents.get(documents.size() - 1))
                .isEqualTo(new Document(List.of("next"), file.toString(), 1, false, false));
        int found = 0;
        for (Document document : documents.subList(0, documents.size() - 1)) {
            assertThat(document.index()).isZero();
            for (String line : document.lines()) {
                assertThat(line).startsWith("word");
                assertThat(line.strip().split(" ")).containsOnly("word");
                found += line.strip().split(" ").length;
            }
        }
        assertThat(found).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain|expected an object such as {\"text\": \"...\"}, found 'p'",
                "{\"body\": 1, \"id\": 2}|no field \"text\" here, only body, id; name the one that holds the text with --text-field, or leave the file out",
                "{\"text\": 3}|field \"text\": expected a string, found '3'",
                "{\"text\": \"a\", \"text\": \"b\"}|the field \"text\" appears twice",
                "{\"text\": \"a\"|expected ',', found the end of the line; an object must be on one line: jq -c . FILE > FILE.jsonl writes it so",
                "{|expected '\"', found the end of the line; an object must be on one line: jq -c . FILE > FILE.jsonl writes it so",
                "{\"text\": \"a|a string does not end",
                "{\"text\": \"a\"} x|expected the end of the line after the object, found 'x'",
                "{\"text\": \"\\x\"}|no escape begins with a backslash and 'x'",
                "{\"text\": \"\\u12G4\"}|expected four hexadecimal digits after \\u, found 'G'",
                "{\"x\": , \"text\": \"a\"}|expected a value, found ','",
                "{\"x\": }|the bracket '}' closes nothing",
                "{\"x\": [}|the bracket '}' closes nothing",
                "{text: \"a\"}|expected '\"', found 't'"
            })
    void malformedJsonIsReportedByLine(String json, String message) throws IOException {
        Path file = write("bad.jsonl", "{\"text\": \"good\"}\n" + json + "\n");
        assertThatThrownBy(() -> read(open(file)))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ", line 2: " + message);
    }

    @Test
    void jsonIsUtf8() throws IOException {
        Path file = Files.write(
                folder.resolve("latin.jsonl"), "{\"text\": \"café\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> read(open(file)))
                .hasMessageStartingWith(
                        file
                                + ", line 1: not valid UTF-8 at byte 13 of the file (0xE9); text of another encoding is converted by iconv -f ENCODING -t UTF-8; mend the file");
    }

    @Test
    void jsonMayBeginWithAByteOrderMark() throws IOException {
        Path file = write("mark.jsonl", "\uFEFF{\"text\": \"x\"}\r\n{\"text\": \"y\"}\r\n");
        assertThat(read(open(file)).stream().map(Document::lines)).containsExactly(List.of("x"), List.of("y"));
        Path other = write("other.jsonl", "\uFEFE{}");
        assertThatThrownBy(() -> read(open(other)))
                .hasMessageContaining("line 1: expected an object or a byte order mark, found 0xEF");
    }

    @Test
    void xz() throws IOException {
        byte[] packed = WholeGzipStreamTest.xz("one\n\ntwo\n");
        Path file = Files.write(folder.resolve("a.txt.xz"), packed);
        assertThat(read(open(file)).stream().map(Document::lines)).containsExactly(List.of("one"), List.of("two"));
        Path lines = Files.write(folder.resolve("a.jsonl.xz"), WholeGzipStreamTest.xz("{\"text\": \"x\"}"));
        assertThat(read(open(lines)).get(0).lines()).containsExactly("x");

        Path cut = Files.write(folder.resolve("cut.xz"), Arrays.copyOf(packed, packed.length - 20));
        assertThatThrownBy(() -> read(open(cut))).hasMessage(cut + ": the xz data ends too early (truncated?)");
        byte[] damaged = packed.clone();
        damaged[30] ^= 1;
        Path damagedFile = Files.write(folder.resolve("damaged.xz"), damaged);
        assertThatThrownBy(() -> read(open(damagedFile))).hasMessageStartingWith(damagedFile + ": damaged xz data: ");
        Path other = write("other.xz", "this is no xz");
        assertThatThrownBy(() -> read(open(other)))
                .hasMessage(other + ": not readable as xz: Input is not in the XZ format");
    }

    @Test
    void anArchiveIsNoText() throws IOException {
        byte[] header = new byte[512];
        put(header, 0, "urlsf/0003-abcdef.txt");
        put(header, 100, "0000644");
        put(header, 257, "ustar  ");
        String archive = new String(header, StandardCharsets.UTF_8) + "the first paragraph\n" + "\0".repeat(1000);
        String message =
                ": expected text, found a tar archive; unpack it into a folder ('tar -xf'), and give the folder";
        Path plain = write("a.tar", archive);
        assertThatThrownBy(() -> read(open(plain))).hasMessage(plain + message);
        Path packed = Files.write(folder.resolve("urlsf_subset00.xz"), WholeGzipStreamTest.xz(archive));
        assertThatThrownBy(() -> read(open(packed))).hasMessage(packed + message);
        Path good = write("good.txt", "text\n");
        assertThatThrownBy(() -> read(Corpus.open(List.of(good, packed)))).hasMessage(packed + message);

        Path about = write("about.txt", "x".repeat(257) + "ustar is what a tar says here\0\n");
        assertThat(read(open(about)).get(0).lines())
                .containsExactly(Files.readString(about).strip());
    }

    /** Read over, what is not UTF-8 would be noise to train on. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.txt|74 00 68 00 65 00 0a 00|in UTF-16LE; save it as UTF-8 (iconv -f UTF-16LE -t UTF-8)",
                "a.txt|1c 20 48 00 65 00 6c 00|in UTF-16LE; save it as UTF-8 (iconv -f UTF-16LE -t UTF-8)",
                "a.txt|00 74 00 68 00 65|in UTF-16BE; save it as UTF-8 (iconv -f UTF-16BE -t UTF-8)",
                "a.txt.zst|28 b5 2f fd 04 58 61|compressed by zstd; unpack it first (zstd -d)",
                "a.lz4|04 22 4d 18 64 40|compressed by lz4; unpack it first (lz4 -d)",
                "a.bz2|42 5a 68 39 31 41 59 26 53 59 aa|compressed by bzip2; unpack it first (bzip2 -d)",
                "a.txt|1f 8b 08 00 00|compressed by gzip; let its name end in .gz, or unpack it first (gzip -d)",
                "b.txt|fd 37 7a 58 5a 00 00|compressed by xz; let its name end in .xz, or unpack it first (xz -d)",
                "a.json|50 4b 03 04 14|in a zip archive; unpack it first (unzip)",
                "a.parquet|50 41 52 31 15 04|in a table of Apache Parquet; write its text as JSON Lines (.jsonl) first"
            })
    void whatIsPackedOtherwiseIsNoText(String name, String start, String message) throws IOException {
        Path file = Files.write(folder.resolve(name), HexFormat.ofDelimiter(" ").parseHex(start));
        for (InvalidUtf8 action : InvalidUtf8.values()) {
            assertThatThrownBy(() -> read(open(file).with(action)))
                    .hasMessage(file + ": expected text, found data " + message);
        }
        Path packed = Files.write(
                folder.resolve("c.xz"),
                WholeGzipStreamTest.xz(new String(new byte[] {0x50, 0x4b, 3, 4}, StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> read(open(packed))).hasMessageContaining("found data in a zip archive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAR1\tis how a table begins", "PAR1 is too", "PAR1", "BZh91 is no block", "PK", "("})
    void textMayBeginAsItsNames(String text) throws IOException {
        assertThat(read(open(write("a.txt", text))).get(0).lines()).containsExactly(text);
    }

    @Test
    void anArrayIsNoJsonLines() throws IOException {
        Path file = write("a.json", "[\n {\"text\": \"a\"}\n]\n");
        assertThatThrownBy(() -> read(open(file)))
                .hasMessage(
                        file + ", line 1: expected an object such as {\"text\": \"...\"}, found '[', which begins an"
                                + " array; jq -c '.[]' FILE > FILE.jsonl writes the objects of one, one a line");
    }

    private static void put(byte[] header, int at, String field) {
        System.arraycopy(field.getBytes(StandardCharsets.UTF_8), 0, header, at, field.length());
    }

    @Test
    void anotherReaderGoesOnAtAnyPosition() throws IOException {
        StringBuilder text = new StringBuilder("\uFEFF");
        for (int d = 0; d < 40; d++) {
            text.append("line a ")
                    .append(d)
                    .append("\r\n")
                    .append(d % 7 == 0 ? "w ".repeat(300_000) : "ü")
                    .append(d % 3 == 0 ? "\n \n\n" : "\n\n");
        }
        Path plain = write("1.txt", text.toString());
        Path packed = Files.write(folder.resolve("2.txt.xz"), WholeGzipStreamTest.xz(text.toString()));
        Path json =
                write("3.jsonl", "{\"text\": \"a\"}\n{\"text\": \"\"}\n{\"text\": \"" + "b ".repeat(300_000) + "\"}\n");
        Corpus corpus = Corpus.open(List.of(plain, packed, json, plain));
        List<Document> all = read(corpus);
        int positions = 0;
        try (DocumentReader reader = corpus.documents()) {
            for (int done = 0; done <= all.size(); done++) {
                CorpusPosition position = reader.position();
                if (position != null) {
                    positions++;
                    try (DocumentReader other = corpus.documents(position)) {
                        assertThat(other.position()).isEqualTo(position);
                        for (Document expected : all.subList(done, Math.min(all.size(), done + 3))) {
                            assertThat(other.next()).isEqualTo(expected);
                        }
                        assertThat(done < all.size() || other.next() == null).isTrue();
                    }
                }
                reader.next();
            }
        }
        // only within the long document of the JSON Lines file there is none
        assertThat(all.size() + 1 - positions).isBetween(1, 3);
    }

    @Test
    void whoGoesOnCountsLinesFromTheFilesBeginning() throws IOException {
        byte[] text = "one\n\ntwo\n\nthree\n\nf?ur\n".getBytes(StandardCharsets.US_ASCII);
        text[17] = (byte) 0xFF;
        Path plain = Files.write(folder.resolve("a.txt"), text);
        Path json = write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n\n{\"text\": 3}\n");
        for (Path file : List.of(plain, json)) {
            CorpusPosition position;
            try (DocumentReader reader = open(file).documents()) {
                reader.next();
                reader.next();
                position = reader.position();
            }
            assertThatThrownBy(() -> {
                        try (DocumentReader reader = open(file).documents(position)) {
                            while (reader.next() != null) {}
                        }
                    })
                    .hasMessageStartingWith(file
                            + (file.equals(plain)
                                    ? ", line 7: not valid UTF-8 at byte 17 of the file (0xFF)"
                                    : ", line 4: field \"text\": expected a string, found '3'"));
        }
    }

    /** Of 3 bytes or 4, which begin, go on or end where the line is cut; in JSON their halves may be two escapes. */
    @ParameterizedTest
    @ValueSource(strings = {"漢字", "😀"})
    void aLineWithoutSpacesIsCutBetweenCharacters(String characters) throws IOException {
        for (String before : List.of("", "a", "ab", "abc")) {
            String line = before + characters.repeat(300_000);
            String escaped = line.replace("😀", "\\ud83d\\ude00");
            for (Path file : List.of(
                    write("line.txt", line),
                    write("line.jsonl", "{\"text\": \"" + line + "\"}"),
                    write("escaped.jsonl", "{\"text\": \"" + escaped + "\"}"))) {
                List<String> pieces = new ArrayList<>();
                read(open(file)).forEach(document -> pieces.addAll(document.lines()));
                assertThat(pieces).hasSizeGreaterThan(1).noneMatch(piece -> Character.isLowSurrogate(piece.charAt(0)));
                assertThat(String.join("", pieces).equals(line)).isTrue();
            }
        }
    }

    /** Sound, only larger than what {@code xz -9} makes: here the header of a small one says so. */
    @Test
    void anXzThatTakesMuchMemoryIsNotCalledDamaged() throws IOException {
        byte[] packed = WholeGzipStreamTest.xz("one\n");
        // a block's header: its size, flags, the filter, the size of its properties, the dictionary's, padding, a
        // CRC-32
        assertThat(Arrays.copyOfRange(packed, 12, 16)).containsExactly(2, 0, 0x21, 1);
        packed[16] = 32; // 2^28 bytes
        CRC32 crc = new CRC32();
        crc.update(packed, 12, 8);
        ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).putInt(20, (int) crc.getValue());
        Path file = Files.write(folder.resolve("wide.xz"), packed);
        assertThatThrownBy(() -> read(open(file)))
                .hasMessage(file + ": unpacking it takes 257 MiB of memory, more than the 192 MiB that are allowed;"
                        + " unpack it, or pack it again with xz -9");
    }

    private static Corpus open(Path file) throws IOException {
        return Corpus.open(List.of(file));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
