package org.jelectra.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes float32 tensors as a safetensors file, atomically and with no more than one of them in memory. */
public final class SafetensorsWriter {

    private static final int CHUNK_FLOATS = 1 << 18;

    /** Fetches a tensor's values when it is their turn to be written. */
    @FunctionalInterface
    public interface Values {
        /** All values, row-major. */
        float[] read() throws IOException;
    }

    /** One tensor to write: {@code product(shape)} values, which are fetched once and not kept. */
    public record Source(String name, int[] shape, Values values) {

        /** Checks name and shape. */
        public Source {
            if (name.equals("__metadata__")) {
                throw new IllegalArgumentException("a tensor cannot have the reserved name __metadata__");
            }
            for (int size : shape) {
                if (size < 0) {
                    throw new IllegalArgumentException(
                            "tensor \"" + name + "\": negative size in " + Arrays.toString(shape));
                }
            }
        }

        long count() {
            long count = 1;
            for (int size : shape) {
                count = Math.multiplyExact(count, (long) size);
            }
            return count;
        }
    }

    private SafetensorsWriter() {}

    /**
     * Writes tensors in their order, with the metadata {@code {"format": "pt"}} that other readers of the format ask for.
     *
     * @throws IOException if the file cannot be written, or a tensor cannot be read; an existing file is then unchanged
     * @throws IllegalArgumentException if two have one name, or one has not as many values as its shape says; likewise
     */
    public static void stream(Path file, List<Source> sources) throws IOException {
        byte[] header = header(sources);
        AtomicFile.write(file, channel -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_FLOATS * 4).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(header.length);
            drain(buffer, channel);
            ByteBuffer headerBuffer = ByteBuffer.wrap(header);
            while (headerBuffer.hasRemaining()) {
                channel.write(headerBuffer);
            }
            for (Source source : sources) {
                writeValues(source, buffer, channel);
            }
        });
    }

    private static void writeValues(Source source, ByteBuffer buffer, FileChannel channel) throws IOException {
        float[] values = source.values().read();
        if (values.length != source.count()) {
            throw new IllegalArgumentException("tensor \"" + source.name() + "\": shape "
                    + Arrays.toString(source.shape()) + " takes " + source.count() + " values, got " + values.length);
        }
        for (int from = 0, length; from < values.length; from += length) {
            // from + CHUNK_FLOATS may exceed an int
            length = Math.min(CHUNK_FLOATS, values.length - from);
            buffer.asFloatBuffer().put(values, from, length);
            buffer.position(length * 4);
            drain(buffer, channel);
        }
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private static byte[] header(List<Source> sources) {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("format", "pt");
        JsonObject root = new JsonObject();
        root.add("__metadata__", metadata);
        long position = 0;
        for (Source source : sources) {
            if (root.has(source.name())) {
                throw new IllegalArgumentException("tensor \"" + source.name() + "\" is given twice");
            }
            JsonArray shape = new JsonArray();
            for (int size : source.shape()) {
                shape.add(size);
            }
            JsonArray offsets = new JsonArray();
            offsets.add(position);
            position += 4 * source.count();
            offsets.add(position);
            JsonObject tensor = new JsonObject();
            tensor.addProperty("dtype", "F32");
            tensor.add("shape", shape);
            tensor.add("data_offsets", offsets);
            root.add(source.name(), tensor);
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        // Padded so that the values start at a multiple of 8 and can be mapped as they are.
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }
}
