package org.jelectra.io;

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

/** Takes a message of Protocol Buffers apart by the specification of the encoding; nothing of the writer's is used. */
public final class ProtobufReader {

    /** Values by number of field, in their order: Long, Integer (4 bytes), Double or ByteBuffer. */
    private final Map<Integer, List<Object>> fields = new LinkedHashMap<>();

    /** Takes little-endian bytes, to their end. */
    ProtobufReader(ByteBuffer message) {
        while (message.hasRemaining()) {
            long tag = varint(message);
            Object value = switch ((int) tag & 7) {
                case 0 -> varint(message);
                case 1 -> message.getDouble();
                case 2 -> slice(message, (int) varint(message));
                case 5 -> message.getInt();
                default -> throw new AssertionError("unexpected wire type before byte " + message.position());
            };
            fields.computeIfAbsent((int) (tag >>> 3), number -> new ArrayList<>())
                    .add(value);
        }
    }

    /** The message in a file. */
    public static ProtobufReader read(Path file) throws IOException {
        return new ProtobufReader(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
    }

    private List<Object> all(int field) {
        return fields.getOrDefault(field, List.of());
    }

    /** Messages of a field. */
    public List<ProtobufReader> messages(int field) {
        return all(field).stream()
                .map(value ->
                        new ProtobufReader(((ByteBuffer) value).duplicate().order(ByteOrder.LITTLE_ENDIAN)))
                .toList();
    }

    /** The only message of a field. */
    public ProtobufReader message(int field) {
        List<ProtobufReader> messages = messages(field);
        if (messages.size() != 1) {
            throw new AssertionError("field " + field + " occurs " + messages.size() + " times");
        }
        return messages.get(0);
    }

    /** Strings of a field. */
    public List<String> texts(int field) {
        return all(field).stream()
                .map(value -> StandardCharsets.UTF_8
                        .decode(((ByteBuffer) value).duplicate())
                        .toString())
                .toList();
    }

    /** The last string of a field. */
    public String text(int field) {
        List<String> texts = texts(field);
        return texts.get(texts.size() - 1);
    }

    /** Integers of a field. */
    public List<Long> integers(int field) {
        return all(field).stream().map(Long.class::cast).toList();
    }

    /** Floats of a field. */
    public List<Float> floats(int field) {
        return all(field).stream()
                .map(value -> Float.intBitsToFloat((Integer) value))
                .toList();
    }

    /** Doubles of a field. */
    List<Double> doubles(int field) {
        return all(field).stream().map(Double.class::cast).toList();
    }

    /** Bytes of a field, little-endian. */
    public ByteBuffer bytes(int field) {
        return ((ByteBuffer) all(field).get(0)).duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Numbers of the fields that occur. */
    public List<Integer> fields() {
        return List.copyOf(fields.keySet());
    }

    private static ByteBuffer slice(ByteBuffer message, int length) {
        ByteBuffer slice = message.slice(message.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        message.position(message.position() + length);
        return slice;
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
}
