package org.jelectra.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes an array in NumPy's format (NPY version 1.0) row by row, so that it need not fit into memory: a header of 128 bytes, then
 * the elements in row-major order, little-endian. How many rows there are is written last.
 *
 * <p>Source: the description of the NPY format in NumPy's documentation ({@code numpy.lib.format}).
 */
public final class NpyWriter {

    private static final int HEADER_BYTES = 128;
    private static final int PREFIX_BYTES = 10;
    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final String type;
    private final int width;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long elements;

    private NpyWriter(FileChannel channel, String type, int width) throws IOException {
        this.channel = channel;
        this.type = type;
        this.width = width;
        channel.position(HEADER_BYTES);
    }

    /** Begins an array of float32 with shape [rows, width] at the beginning of a file. */
    public static NpyWriter floats(FileChannel channel, int width) throws IOException {
        if (width < 1) {
            throw new IllegalArgumentException("the width of an array must be positive, got " + width);
        }
        return new NpyWriter(channel, "<f4", width);
    }

    /** Begins an array of int64 with shape [rows] at the beginning of a file. */
    public static NpyWriter longs(FileChannel channel) throws IOException {
        return new NpyWriter(channel, "<i8", 0);
    }

    /** Appends one or several rows of float32. */
    public void write(float[] values) throws IOException {
        require("<f4");
        if (values.length % width != 0) {
            throw new IllegalArgumentException(
                    "expected rows of " + width + " numbers, got " + values.length + " numbers");
        }
        for (float value : values) {
            flushUnlessRoomFor(Float.BYTES);
            buffer.putFloat(value);
        }
        elements += values.length;
    }

    /** Appends an int64. */
    public void write(long value) throws IOException {
        require("<i8");
        flushUnlessRoomFor(Long.BYTES);
        buffer.putLong(value);
        elements++;
    }

    private void require(String wanted) {
        if (!type.equals(wanted)) {
            throw new IllegalStateException("expected elements of type " + type + ", got " + wanted);
        }
    }

    private void flushUnlessRoomFor(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Writes what is left, and the header. The channel stays open. */
    public void finish() throws IOException {
        flush();
        String shape = width == 0 ? "(" + elements + ",)" : "(" + elements / width + ", " + width + ")";
        String description = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        int length = HEADER_BYTES - PREFIX_BYTES;
        String padded = description + " ".repeat(length - 1 - description.length()) + "\n";
        buffer.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        buffer.put((byte) 1).put((byte) 0).putShort((short) length);
        buffer.put(padded.getBytes(StandardCharsets.US_ASCII));
        channel.position(0);
        flush();
    }
}
