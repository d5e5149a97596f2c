package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Packed text is read whole: of several members, from a pipe, or not at all. */
@Tag("every-jdk")
class WholeGzipStreamTest {

    /** Of the reader. */
    private static final int BUFFER = 1 << 16;

    @TempDir
    Path folder;

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.NO_COMPRESSION); // as long as the text, to end anywhere
            }
        }) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static List<String> read(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        try (DocumentReader reader = Corpus.open(List.of(file)).documents()) {
            for (Document document = reader.next(); document != null; document = reader.next()) {
                lines.addAll(document.lines());
            }
        }
        return lines;
    }

    /** Wherever the first text ends in the reader's buffers; its header is 10 bytes long, its trailer 8. */
    @Test
    void textBehindADamagedHeaderIsMissed() throws IOException {
        byte[] second = gzip("second\n");
        byte[] damaged = second.clone();
        damaged[0] ^= 1;
        Path file = folder.resolve("a.gz");
        for (int length = BUFFER - 50; length < BUFFER + 30; length++) {
            String text = "x".repeat(length - 1) + "\n";
            Files.write(file, joined(gzip(text), second));
            assertThat(read(file)).as("%d bytes", length).containsExactly(text.strip(), "second");
            Files.write(file, joined(gzip(text), damaged));
            assertThatThrownBy(() -> read(file))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class)
                    .hasMessage(file
                            + ": damaged gzip data: behind a packed text expected the file's end or the next one, found"
                            + " other bytes ('gzip -dc' unpacks what is before them)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 3 * BUFFER})
    void zerosMayFollow(int count) throws IOException {
        Path file = Files.write(folder.resolve("a.gz"), joined(gzip("first\n"), new byte[count]));
        assertThat(read(file)).containsExactly("first");
        Files.write(file, joined(gzip("first\n"), new byte[count], gzip("second\n")));
        assertThatThrownBy(() -> read(file)).hasMessageContaining("found other bytes");
    }

    /** They may be as long as a disk. */
    @Test
    void otherBytesAreNotReadToTheirEnd() throws IOException {
        byte[] others = new byte[10_000];
        Arrays.fill(others, (byte) 1);
        ByteArrayInputStream in = new ByteArrayInputStream(joined(gzip("first\n"), others));
        try (WholeGzipStream packed = new WholeGzipStream(in, 100)) {
            assertThatThrownBy(packed::readAllBytes)
                    .isInstanceOf(ZipException.class)
                    .hasMessageContaining("found other bytes");
        }
        assertThat(in.available()).isGreaterThan(9_000);
    }

    @Test
    void rowsAreReadWholeToo() throws IOException {
        Path file = Files.write(folder.resolve("a.tsv.gz"), joined(gzip("first\n"), new byte[] {0x1f, 1, 2, 3}));
        assertThatThrownBy(() -> {
                    try (TextLines lines = TextLines.open(file)) {
                        assertThat(lines.next()).isEqualTo("first");
                        lines.next();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": cannot be read: behind a packed text ");
    }

    /** Which has no length and no position to ask for. */
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz"})
    void throughAPipe(String ending) throws Exception {
        Path pipe = folder.resolve("pipe." + ending);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        String second = new Random(1)
                .ints(2 * BUFFER, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        byte[] packed = ending.equals("gz") ? joined(gzip("first\n"), gzip(second)) : xz("first\n" + second);
        Thread writer = new Thread(() -> {
            try {
                Files.write(pipe, packed, StandardOpenOption.WRITE);
            } catch (IOException e) {
                // whoever read it has left, and says why
            }
        });
        writer.setDaemon(true);
        writer.start();
        assertThat(read(pipe)).containsExactly("first", second);
    }

    static byte[] xz(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(bytes, new LZMA2Options(0))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
