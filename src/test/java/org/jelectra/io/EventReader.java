package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads event files as their specification has them, with a checksum of its own: nothing of the writer's is used. */
public final class EventReader {

    /** One event; what it does not have is null, 0 or empty. */
    public record Event(double wallTime, long step, String version, boolean sessionStart, Map<String, Float> values) {}

    private EventReader() {}

    /** All events of a file, every checksum verified. */
    public static List<Event> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            int length = (int) bytes.getLong();
            assertThat(bytes.getInt()).isEqualTo(masked(bytes.array(), start, 8));
            events.add(event(bytes.slice(start + 12, length).order(ByteOrder.LITTLE_ENDIAN)));
            bytes.position(start + 12 + length);
            assertThat(bytes.getInt()).isEqualTo(masked(bytes.array(), start + 12, length));
        }
        return events;
    }

    static int masked(byte[] bytes, int start, int length) {
        int crc = crc32c(bytes, start, length);
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    /** Bit by bit, with the reversed polynomial of RFC 3720. */
    static int crc32c(byte[] bytes, int start, int length) {
        int crc = -1;
        for (int i = start; i < start + length; i++) {
            crc ^= bytes[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ (crc & 1) * 0x82f63b78;
            }
        }
        return ~crc;
    }

    private static Event event(ByteBuffer bytes) {
        ProtobufReader message = new ProtobufReader(bytes);
        assertThat(message.fields()).isSubsetOf(1, 2, 3, 5, 7);
        Map<String, Float> values = new LinkedHashMap<>();
        for (ProtobufReader summary : message.messages(5)) {
            assertThat(summary.fields()).isSubsetOf(1);
            for (ProtobufReader value : summary.messages(1)) {
                assertThat(value.fields()).containsExactly(1, 2);
                values.put(value.text(1), value.floats(2).get(0));
            }
        }
        return new Event(
                first(message.doubles(1), 0.0),
                first(message.integers(2), 0L),
                first(message.texts(3), null),
                message.texts(7).equals(List.of("\u0008\u0001")),
                values);
    }

    private static <T> T first(List<T> values, T otherwise) {
        return values.isEmpty() ? otherwise : values.get(0);
    }
}
