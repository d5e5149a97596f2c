package org.jelectra.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message of Protocol Buffers that is being written: fields in the order of the calls, each a tag (number and wire type) and
 * its value. Numbers of fields are the message's own. Source: the encoding guide of Protocol Buffers.
 */
public final class ProtobufMessage {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The tag of a field that {@link #varint} writes. */
    static int varintTag(int field) {
        return field << 3 | VARINT;
    }

    /** An int32, int64, bool or enum: 7 bits a byte, the lowest first; a negative number takes 10 bytes. */
    public ProtobufMessage varint(int field, long value) {
        plain(varintTag(field));
        plain(value);
        return this;
    }

    /** The bits of a double, or 8 bytes of another kind. */
    public ProtobufMessage fixed64(int field, long bits) {
        plain(field << 3 | FIXED64);
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bits)
                .array());
        return this;
    }

    /** The bits of a float, or 4 bytes of another kind. */
    public ProtobufMessage fixed32(int field, int bits) {
        plain(field << 3 | FIXED32);
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bits)
                .array());
        return this;
    }

    /** A string. */
    public ProtobufMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A message in this one. */
    public ProtobufMessage message(int field, ProtobufMessage value) {
        return bytes(field, value.toByteArray());
    }

    private ProtobufMessage bytes(int field, byte[] value) {
        begin(field, value.length);
        bytes.writeBytes(value);
        return this;
    }

    /** Tag and length of a message or of bytes, whose {@code length} bytes the caller writes behind this message. */
    public ProtobufMessage begin(int field, long length) {
        plain(field << 3 | BYTES);
        plain(length);
        return this;
    }

    /** Bytes so far. */
    public int size() {
        return bytes.size();
    }

    /** All bytes so far. */
    public byte[] toByteArray() {
        return bytes.toByteArray();
    }

    private void plain(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
