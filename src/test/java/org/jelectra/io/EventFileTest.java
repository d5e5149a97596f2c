package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class EventFileTest {

    @TempDir
    Path directory;

    /** The vectors of RFC 3720, B.4, as the four bytes of the digest in order. */
    @Test
    void checksumsAreThoseOfTheStandard() {
        byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 0xff);
        byte[] ascending = new byte[32];
        for (int i = 0; i < 32; i++) {
            ascending[i] = (byte) i;
        }
        assertChecksum(new byte[32], 0x8a9136aa);
        assertChecksum(ones, 0x62a8ab43);
        assertChecksum(ascending, 0x46dd794e);
        assertChecksum("123456789".getBytes(StandardCharsets.US_ASCII), 0xe3069283);
    }

    private static void assertChecksum(byte[] bytes, int crc) {
        assertThat(EventReader.crc32c(bytes, 0, bytes.length)).isEqualTo(crc);
        assertThat(MaskedChecksum.of(bytes, 0, bytes.length)).isEqualTo((crc >>> 15 | crc << 17) + 0xa282ead8);
    }

    /** The first record of every file that TensorFlow writes at time 0, byte by byte. */
    @Test
    void theFirstRecord() throws IOException {
        try (EventFile events = EventFile.create(directory, 0, 0)) {
            assertThat(events).isNotNull();
        }
        byte[] bytes = Files.readAllBytes(EventFile.list(directory).get(0));
        assertThat(HexFormat.of().formatHex(bytes, 0, 8)).isEqualTo("1800000000000000");
        assertThat(HexFormat.of().formatHex(bytes, 12, 36))
                .isEqualTo("090000000000000000" + "1a0d" + "627261696e2e4576656e743a32");
    }

    @Test
    void independentReadingGivesWhatWasWritten() throws IOException {
        try (EventFile events = EventFile.create(directory, 1763950000.5, 0)) {
            events.add(1763950001.25, 1, Map.of("train/total_loss", 31.5));
            events.add(1763950002, 300, Map.of("eval/verlust_ü", -0.1, "run/zero", 0.0));
            events.add(1763950003, 5_000_000_000L, Map.of());
        }

        assertThat(EventFile.list(directory))
                .extracting(Path::getFileName)
                .map(Path::toString)
                .containsExactly("events.out.tfevents.1763950000.jelectra");
        assertThat(EventReader.read(EventFile.list(directory).get(0)))
                .containsExactly(
                        new EventReader.Event(1763950000.5, 0, "brain.Event:2", false, Map.of()),
                        new EventReader.Event(1763950000.5, 1, null, true, Map.of()),
                        new EventReader.Event(1763950001.25, 1, null, false, Map.of("train/total_loss", 31.5f)),
                        new EventReader.Event(
                                1763950002, 300, null, false, Map.of("eval/verlust_ü", -0.1f, "run/zero", 0f)),
                        new EventReader.Event(1763950003, 5_000_000_000L, null, false, Map.of()));
    }

    @Test
    void twoFilesOfOneSecondKeepTheirOrder() throws IOException {
        for (int i = 0; i < 3; i++) {
            EventFile.create(directory, 1763950000.5, i).close();
        }
        List<Path> files = EventFile.list(directory);
        assertThat(files).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(EventReader.read(files.get(i)).get(1).step()).isEqualTo(i + 1);
        }
    }

    @Test
    void afterTheClockWentBackAFileIsStillTheLater() throws IOException {
        EventFile.create(directory, 1763950000.5, 0).close();
        EventFile.create(directory, 1763940000.5, 1).close();
        List<Path> files = EventFile.list(directory);
        assertThat(files.get(1)).hasFileName("events.out.tfevents.1763950001.jelectra");
        assertThat(EventReader.read(files.get(1)).get(1))
                .isEqualTo(new EventReader.Event(1763940000.5, 2, null, true, Map.of()));
    }

    /** A file with the steps 100, 200 and so on. */
    private Path written(int last) throws IOException {
        try (EventFile events = EventFile.create(directory, 1763950000, 0)) {
            for (int step = 100; step <= last; step += 100) {
                events.add(1763950000, step, Map.of("a", 1.0));
            }
        }
        return EventFile.list(directory).get(0);
    }

    @Test
    void theStepThatARunGoesOnFromStays() throws IOException {
        Path file = written(300);
        EventFile.truncate(directory, 200);
        assertThat(EventReader.read(file)).extracting(EventReader.Event::step).containsExactly(0L, 1L, 100L, 200L);
        EventFile.truncate(directory, -1);
        assertThat(EventReader.read(file))
                .as("of a run that begins anew, what every file begins with")
                .containsExactly(new EventReader.Event(1763950000, 0, "brain.Event:2", false, Map.of()));
    }

    @Test
    void cutsLaterStepsAndTornEndsAtEveryByte() throws IOException {
        Path file = written(400);
        byte[] whole = Files.readAllBytes(file);
        Path foreign = Files.writeString(directory.resolve("events.out.tfevents.1763950000.elsewhere"), "not ours");
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            EventFile.truncate(directory, 299);
            byte[] cut = Files.readAllBytes(file);
            assertThat(cut).isEqualTo(Arrays.copyOf(whole, cut.length));
            assertThat(EventReader.read(file))
                    .extracting(EventReader.Event::step)
                    .isEqualTo(List.of(0L, 1L, 100L, 200L)
                            .subList(0, EventReader.read(file).size()));
        }
        assertThat(EventReader.read(file)).hasSize(4);
        assertThat(foreign).hasContent("not ours");
        byte[] flipped = Files.readAllBytes(file);
        flipped[flipped.length - 6] ^= 1;
        Files.write(file, flipped);
        EventFile.truncate(directory, 299);
        assertThat(EventReader.read(file)).hasSize(3);
    }
}
