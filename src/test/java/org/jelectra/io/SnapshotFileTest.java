package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class SnapshotFileTest {

    @TempDir
    Path directory;

    private static JsonObject content() {
        JsonObject content = new JsonObject();
        content.addProperty("step", 7);
        return content;
    }

    /** A section that counts upwards in steps of 8 bytes. */
    private static SnapshotWriter.Section counting(String name, int count) {
        return new SnapshotWriter.Section(name, 8L * count, (position, chunk) -> {
            for (long i = position / 8; chunk.hasRemaining(); i++) {
                chunk.putLong(i);
            }
        });
    }

    private static byte[] bytes(SnapshotWriter.Section... sections) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SnapshotWriter.write(Channels.newChannel(out), content(), List.of(sections));
        return out.toByteArray();
    }

    private static long[] read(SnapshotReader reader, String name) throws IOException {
        long[] values = new long[(int) (reader.bytes(name) / 8)];
        reader.read(name, (position, chunk) -> {
            for (int i = (int) (position / 8); chunk.hasRemaining(); i++) {
                values[i] = chunk.getLong();
            }
        });
        return values;
    }

    @Test
    void readsWhatWasWrittenPieceByPiece() throws IOException {
        Path file = directory.resolve("new/a.snapshot");
        int many = SnapshotFormat.CHUNK_BYTES / 8 * 2 + 3;

        SnapshotWriter.write(file, content(), List.of(counting("few", 5), counting("none", 0), counting("many", many)));

        try (SnapshotReader reader = SnapshotReader.open(file)) {
            assertThat(reader.content()).isEqualTo(content());
            assertThat(read(reader, "few")).containsExactly(0, 1, 2, 3, 4);
            assertThat(read(reader, "none")).isEmpty();
            long[] values = read(reader, "many");
            assertThat(values).hasSize(many);
            assertThat(values[many - 1]).isEqualTo(many - 1);
            assertThatThrownBy(() -> reader.bytes("other"))
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining("only [few, none, many]");
        }
    }

    @Test
    void aFailureWithoutAMessageIsNamedByItsKind() throws IOException {
        Path file = directory.resolve("a.snapshot");
        SnapshotWriter.write(file, content(), List.of(counting("few", 5)));
        SnapshotReader reader = SnapshotReader.open(file);
        reader.close();
        assertThatIOException().isThrownBy(() -> read(reader, "few")).withMessage(file + ": ClosedChannelException");
    }

    @Test
    void everyFlippedBitIsRecognised() throws IOException {
        byte[] good = bytes(counting("numbers", 4));
        Path file = directory.resolve("flipped");
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            assertThatExceptionOfType(DamagedSnapshotException.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> SnapshotReader.open(file))
                    .withMessageStartingWith(file.toString());
        }
    }

    @Test
    void everyTornFileIsRecognised() throws IOException {
        byte[] good = bytes(counting("numbers", 4));
        Path file = directory.resolve("torn");
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThatExceptionOfType(DamagedSnapshotException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> SnapshotReader.open(file));
        }
        // what a file system may leave after a power failure: the right length, zeros at the end
        byte[] zeros = good.clone();
        Arrays.fill(zeros, good.length / 2, good.length, (byte) 0);
        Files.write(file, zeros);
        assertThatExceptionOfType(DamagedSnapshotException.class)
                .isThrownBy(() -> SnapshotReader.open(file))
                .withMessageContaining("damaged (torn or changed): expected checksum");
    }

    @Test
    void anotherVersionAndAnotherFileAreToldApart() throws IOException {
        byte[] bytes = bytes(counting("numbers", 1));
        ByteBuffer later = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        later.putInt(SnapshotFormat.MAGIC.length, 2);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - 4);
        later.putInt(bytes.length - 4, (int) checksum.getValue());
        Path file = Files.write(directory.resolve("later"), bytes);
        assertThatIOException()
                .isThrownBy(() -> SnapshotReader.open(file))
                .isNotInstanceOf(DamagedSnapshotException.class)
                .withMessageContaining("expected a snapshot of format version 1, found version 2");

        Path text = Files.writeString(directory.resolve("text"), "a text that is no snapshot at all");
        assertThatExceptionOfType(DamagedSnapshotException.class)
                .isThrownBy(() -> SnapshotReader.open(text))
                .withMessageContaining("expected a snapshot of jelectra, found something else (33 bytes)");
    }

    @Test
    void aFailureLeavesTheFormerFileAndNoOther() throws IOException {
        Path file = directory.resolve("a.snapshot");
        SnapshotWriter.write(file, content(), List.of(counting("numbers", 1)));
        byte[] former = Files.readAllBytes(file);
        WritableByteChannel full = new FullChannel(100);

        assertThatIOException()
                .isThrownBy(() -> AtomicFile.write(
                        file, channel -> SnapshotWriter.write(full, content(), List.of(counting("numbers", 50)))))
                .withMessage(file + ": No space left on device");

        assertThat(file).hasBinaryContent(former);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
