package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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

    private static Event event(ByteBuffer message) {
        double wallTime = 0;
        long step = 0;
        String version = null;
        boolean sessionStart = false;
        Map<String, Float> values = new LinkedHashMap<>();
        while (message.hasRemaining()) {
            switch ((int) varint(message)) {
                case 1 << 3 | 1 -> wallTime = message.getDouble();
                case 2 << 3 -> step = varint(message);
                case 3 << 3 | 2 -> version = text(bytes(message));
                case 7 << 3 | 2 -> sessionStart = text(bytes(message)).equals("\u0008\u0001");
                case 5 << 3 | 2 -> {
                    ByteBuffer summary = bytes(message);
                    while (summary.hasRemaining()) {
                        assertThat(varint(summary)).isEqualTo(1 << 3 | 2);
                        ByteBuffer value = bytes(summary);
                        assertThat(varint(value)).isEqualTo(1 << 3 | 2);
                        String tag = text(bytes(value));
                        assertThat(varint(value)).isEqualTo(2 << 3 | 5);
                        values.put(tag, value.getFloat());
                    }
                }
                default -> throw new AssertionError("unexpected field before byte " + message.position());
            }
        }
        return new Event(wallTime, step, version, sessionStart, values);
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = message.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static ByteBuffer bytes(ByteBuffer message) {
        int length = (int) varint(message);
        ByteBuffer bytes = message.slice(message.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        message.position(message.position() + length);
        return bytes;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
