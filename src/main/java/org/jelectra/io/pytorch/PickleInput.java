package org.jelectra.io.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, little-endian, with an error that says where they end. */
final class PickleInput {

    /** A state dict takes about 150 bytes a tensor; the limit keeps a file that is no such thing from filling the memory. */
    static final int MAX_BYTES = 4 << 20;

    private final InputStream in;
    private final String source;
    private long position;

    PickleInput(InputStream in, String source) {
        this.in = in;
        this.source = source;
    }

    /** Bytes that were read. */
    long position() {
        return position;
    }

    int unsignedByte() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw truncated();
        }
        advance(1);
        return value;
    }

    int unsignedShort() throws IOException {
        return unsignedByte() | unsignedByte() << 8;
    }

    int int32() throws IOException {
        return unsignedShort() | unsignedShort() << 16;
    }

    long int64() throws IOException {
        return Integer.toUnsignedLong(int32()) | (long) int32() << 32;
    }

    double bigEndianDouble() throws IOException {
        return Double.longBitsToDouble(Long.reverseBytes(int64()));
    }

    /** So many bytes; the length comes from the file, so it may be anything. */
    byte[] bytes(long length) throws IOException {
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException(source + ": a value of " + Long.toUnsignedString(length) + " bytes at byte "
                    + position + " of the pickle, expected at most " + MAX_BYTES);
        }
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length) {
            throw truncated();
        }
        advance(bytes.length);
        return bytes;
    }

    String utf8(long length) throws IOException {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    /** Text up to a line feed, which is not part of it. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = unsignedByte(); b != '\n'; b = unsignedByte()) {
            line.append((char) b);
        }
        return line.toString();
    }

    private void advance(int count) throws IOException {
        position += count;
        if (position > MAX_BYTES) {
            throw new IOException(source + ": its pickle is longer than " + MAX_BYTES
                    + " bytes; expected a state dict, that is tensors by name");
        }
    }

    private IOException truncated() {
        return new IOException(source + ": truncated: the pickle breaks off after " + position + " bytes");
    }
}
